//! The flags that every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Globals {
    /// The directory that holds profiles, configuration and revisions
    #[arg(long, global = true, value_name = "DIR", env = "SEALPOST_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,

    /// How to print the answer
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value = "text")]
    pub format: Format,

    /// Print errors only
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// When to use colour (NO_COLOR is respected)
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value = "auto")]
    pub color: Color,

    /// Never ask; fail and name the flag that was missing
    #[arg(long, global = true)]
    pub no_input: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    /// SARIF 2.1.0 (lint)
    Sarif,
    /// JUnit XML (lint)
    Junit,
    /// Annotations of GitHub Actions (lint)
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}
