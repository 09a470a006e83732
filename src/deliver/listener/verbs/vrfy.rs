//! VRFY and EXPN (RFC 5321 sections 4.1.1.6 and 4.1.1.7): who is a user here is told to nobody.

use crate::deliver::listener::reply::Reply;

pub(super) fn vrfy() -> Reply {
    Reply::new(252, 0, 0, "Cannot say, but send it and it will be tried")
}

pub(super) fn expn() -> Reply {
    Reply::new(502, 5, 1, "There are no lists here")
}
