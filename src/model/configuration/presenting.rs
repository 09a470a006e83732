//! Which roles a gateway has, and what each of them presents.

use std::collections::BTreeSet;

use super::Configuration;
use super::roles::Roles;
use crate::model::profile_name::ProfileName;
use crate::model::role::Role;

impl Configuration {
    /// Every role of this gateway: its listeners, outgoing mail, web pages and services, and what is bound beyond these, such as a host
    /// name of a listener or a destination. In the order of `Role`: listeners first, the narrower behind the wider.
    pub fn every_role(&self) -> BTreeSet<Role> {
        let listeners =
            self.listeners.iter().map(|listener| Role::Listener { name: listener.name.clone(), host: None });
        let pages = self.interfaces.iter().filter(|interface| interface.https.is_some());
        let pages = pages.map(|interface| Role::Https { interface: interface.name.clone() });
        let services = self.services.iter().map(|service| Role::Service { name: service.name.clone() });
        listeners
            .chain([Role::Outbound { domain: None }])
            .chain(pages)
            .chain(self.ldap.iter().map(|_| Role::Ldap))
            .chain(self.urlfilter.iter().map(|_| Role::UrlFilter))
            .chain(services)
            .chain(self.roles.bound.keys().cloned())
            .collect()
    }

    /// The roles that present `profile`: bound to it themselves, by inheritance, or by falling back to Demo.
    pub fn roles_presenting(&self, profile: &ProfileName) -> Vec<Role> {
        self.every_role().into_iter().filter(|role| self.roles.presented(role).contains(profile)).collect()
    }
}

impl Roles {
    /// What `role` presents: what is bound to it or to the wider role, else Demo for a server; empty for a client without a
    /// binding, which presents nothing.
    pub fn presented(&self, role: &Role) -> Vec<ProfileName> {
        match self.profiles(role) {
            [] if role.is_server() => vec![ProfileName::demo()],
            bound => bound.to_vec(),
        }
    }

    /// A server that nothing is bound to presents Demo.
    pub fn falls_back(&self, role: &Role) -> bool {
        role.is_server() && self.profiles(role).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(text: &str) -> Role {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_bound_inherits_falls_back_or_presents_nothing() {
        let mut configuration =
            Configuration::parse(&Configuration::first(&"mx1.example.com".parse().unwrap())).unwrap();
        assert_eq!(configuration.every_role(), [role("listener:IncomingMail"), role("outbound")].into());
        let roles = &mut configuration.roles;
        assert_eq!(roles.presented(&role("listener:IncomingMail")), [ProfileName::demo()]);
        assert!(roles.presented(&role("outbound")).is_empty() && !roles.falls_back(&role("outbound")));
        roles.bound.insert(role("listener:IncomingMail"), vec!["mx".parse().unwrap()]);
        roles.bound.insert(role("outbound:example.org"), vec!["out".parse().unwrap()]);
        let narrow = role("listener:IncomingMail/mail.example.com");
        assert_eq!(roles.presented(&narrow), ["mx".parse().unwrap()]);
        assert!(!roles.falls_back(&narrow) && roles.falls_back(&role("https:Data 1")));
        let all = [role("listener:IncomingMail"), role("outbound"), role("outbound:example.org")];
        assert_eq!(configuration.every_role(), all.into());
    }
}
