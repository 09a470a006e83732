//! The appliance's question-and-answer dialogues. They call the same verbs as the commands and decide nothing themselves.

pub mod alertconfig;
pub mod bounceconfig;
pub mod certconfig;
mod certificate;
pub mod deliveryconfig;
pub mod destconfig;
pub mod dialogue;
pub mod interfaceconfig;
mod keyed;
pub mod ldapconfig;
pub mod listenerconfig;
pub mod prompter;
pub mod smtproutes;
pub mod sslconfig;
pub mod websecurityconfig;
