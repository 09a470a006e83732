//! Who we are. Run as root on a home that belongs to another user, a writer becomes that user first, for good.

use rustix::process::{Gid, Uid};

/// Whether this process may become another user.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Becomes user `uid` with group `gid` when running as root and `uid` is another; supplementary groups are dropped.
///
/// To be called before any other thread exists: the kernel changes the calling thread, and later ones inherit.
pub fn become_owner(uid: u32, gid: u32) -> std::io::Result<()> {
    if !rustix::process::geteuid().is_root() || uid == 0 {
        return Ok(());
    }
    let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)?;
    Ok(())
}
