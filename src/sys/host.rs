//! The name of this machine and of the person at it.

use std::path::PathBuf;

/// The machine's full name: the kernel's host name when it has a dot, else the first name with a dot that `/etc/hosts`
/// gives for it, else the plain host name. Never asks the network.
pub fn full_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.contains('.') {
        return name;
    }
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    full_name_from_hosts(&name, &hosts).unwrap_or(name)
}

fn full_name_from_hosts(name: &str, hosts: &str) -> Option<String> {
    let lines = hosts.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines
        .map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>())
        .filter(|names| names.iter().any(|other| other.eq_ignore_ascii_case(name)))
        .find_map(|names| {
            names
                .into_iter()
                .find(|other| {
                    other.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case(name)) && other.contains('.')
                })
                .map(str::to_owned)
        })
}

/// The login name, for the author of a commit: whoever called sudo, else the user.
pub fn user_name() -> String {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    variable("SUDO_USER")
        .or_else(|| variable("USER"))
        .or_else(|| variable("LOGNAME"))
        .or_else(|| {
            let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
            name_of_user(rustix::process::getuid().as_raw(), &users)
        })
        .unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

/// The name of a user in a file such as `/etc/passwd` (passwd(5)).
fn name_of_user(uid: u32, users: &str) -> Option<String> {
    let uid = uid.to_string();
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1) == Some(uid.as_str())).then(|| name.to_owned())
    })
}

/// The number of a user, given by name or as the number itself; `None` when `/etc/passwd` has no such name.
pub fn user_number(user: &str) -> Option<u32> {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    user.parse().ok().or_else(|| number_of_user(user, &users))
}

/// The name of a user, or its number where it has none.
pub fn user_of(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of_user(uid, &users).unwrap_or_else(|| format!("uid {uid}"))
}

fn number_of_user(name: &str, users: &str) -> Option<u32> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok())?
    })
}

/// Where a home lies unless told otherwise: `/var/lib/sealpost` for root, else the user's data directory (XDG).
pub fn default_home() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/sealpost");
    }
    let data = std::env::var_os("XDG_DATA_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let data = data.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")));
    data.unwrap_or_else(|| PathBuf::from(".")).join("sealpost")
}

#[cfg(test)]
mod tests {
    use super::{full_name_from_hosts, name_of_user, number_of_user};

    #[test]
    fn a_user_without_environment_has_a_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\nmail:x:8:8::/var/mail:/bin/sh\n";
        assert_eq!(name_of_user(8, users).as_deref(), Some("mail"));
        assert_eq!(name_of_user(9, users), None);
        assert_eq!(number_of_user("mail", users), Some(8));
        assert_eq!((number_of_user("mai", users), number_of_user("", users)), (None, None));
    }

    #[test]
    fn the_hosts_file_gives_the_domain() {
        let hosts = "127.0.0.1 localhost\n127.0.1.1 mx1.example.com mx1 # us\n";
        assert_eq!(full_name_from_hosts("mx1", hosts).as_deref(), Some("mx1.example.com"));
        assert_eq!(full_name_from_hosts("other", hosts), None);
    }
}
