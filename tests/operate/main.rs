//! The operate flow: profiles, staging, commits, revisions, and what survives when they are interrupted.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cert_list;
mod cert_new;
mod cert_request;
mod names;
#[path = "../support/mod.rs"]
mod support;

#[allow(dead_code)]
#[path = "../deliver/fake_dns.rs"]
mod fake_dns;

mod admission;
mod authority;
mod bad_input;
mod cert_export;
mod cert_import;
mod certconfig;
mod certconfig_terminal;
mod change;
mod closed_streams;
mod commit_kill;
mod config_check;
mod config_save;
mod configuring;
mod convert;
mod destconfig;
mod destconfig_terminal;
mod destination;
mod dialogues;
mod home_damage;
mod init;
mod key_entry;
mod library_words;
mod lock;
mod owner;
mod role_check;
mod roles;
mod staging;
mod transcript;
