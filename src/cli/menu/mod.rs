//! The appliance's question-and-answer dialogues. They call the same verbs as the commands and decide nothing themselves.

pub mod certconfig;
pub mod destconfig;
pub mod dialogue;
pub mod prompter;
