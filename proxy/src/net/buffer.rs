//! Which memory is lent to the kernel, and where does it come from?

use std::cell::{Cell, RefCell};

use monoio::buf::{IoBuf, IoBufMut};

/// Bytes of a buffer fresh from the pool.
pub const BUFFER_BYTES: usize = 16 * 1024;

/// Bytes of a small buffer: most heads fit, and a thousand connections may wait with one.
const SMALL_BUFFER_BYTES: usize = 4 * 1024;

/// Buffers a worker keeps for the next user; what comes back above that is freed.
const POOLED_MAX: usize = 128;
const SMALL_POOLED_MAX: usize = 1024;

thread_local! {
    static POOL: Pool = const { Pool::new(BUFFER_BYTES, POOLED_MAX) };
    static SMALL_POOL: Pool = const { Pool::new(SMALL_BUFFER_BYTES, SMALL_POOLED_MAX) };
}

/// Memory of one size that waits for its next user.
struct Pool {
    buffer_bytes: usize,
    kept_max: usize,
    free: RefCell<Vec<Vec<u8>>>,
    /// The fewest that were free since the last trim: that many nobody needed.
    free_min: Cell<usize>,
}

impl Pool {
    const fn new(buffer_bytes: usize, kept_max: usize) -> Self {
        Self { buffer_bytes, kept_max, free: RefCell::new(Vec::new()), free_min: Cell::new(0) }
    }

    fn take(&self) -> Vec<u8> {
        let mut free = self.free.borrow_mut();
        let taken = free.pop();
        self.free_min.set(self.free_min.get().min(free.len()));
        taken.unwrap_or_else(|| Vec::with_capacity(self.buffer_bytes))
    }

    fn give_back(&self, bytes: Vec<u8>) {
        let mut free = self.free.borrow_mut();
        if free.len() < self.kept_max {
            free.push(bytes);
        }
    }

    fn trim(&self) {
        let mut free = self.free.borrow_mut();
        let needed = free.len() - self.free_min.get().min(free.len());
        free.truncate(needed);
        self.free_min.set(needed);
    }
}

/// Frees the memory that this thread's pools have kept for nothing since the last call; called
/// about once a second.
pub fn trim_pools() {
    POOL.with(Pool::trim);
    SMALL_POOL.with(Pool::trim);
}

/// Bytes on their way in or out.
///
/// ```text
/// | taken | unread              | room                |
/// 0       start                 bytes.len()           bytes.capacity()
/// ```
///
/// A read appends to the room; a write sends the unread part; [`Buffer::advance`] takes bytes from
/// the front. Memory returns to the worker's pool when the buffer is dropped.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// An empty buffer of [`BUFFER_BYTES`] from this worker's pool.
    pub fn take() -> Self {
        Self { bytes: POOL.with(Pool::take), start: 0 }
    }

    /// An empty buffer of [`SMALL_BUFFER_BYTES`] from this worker's pool.
    pub fn take_small() -> Self {
        Self { bytes: SMALL_POOL.with(Pool::take), start: 0 }
    }

    /// A buffer without memory, to leave behind where one was taken away.
    pub fn empty() -> Self {
        Self { bytes: Vec::new(), start: 0 }
    }

    /// An empty buffer whose first `len` bytes are kept for what [`Buffer::prepend`] brings.
    pub fn with_headroom(len: usize) -> Self {
        let mut buffer = Self::take_small();
        buffer.bytes.resize(len, 0);
        buffer.start = len;
        buffer
    }

    /// Puts `bytes` before the unread ones; they must fit into the headroom.
    pub fn prepend(&mut self, bytes: &[u8]) {
        let start = self.start - bytes.len();
        self.bytes[start..self.start].copy_from_slice(bytes);
        self.start = start;
    }

    /// An empty buffer with room for `len` bytes; from a pool when that suffices.
    pub fn with_room(len: usize) -> Self {
        if len <= SMALL_BUFFER_BYTES {
            return Self::take_small();
        }
        if len <= BUFFER_BYTES {
            return Self::take();
        }
        Self { bytes: Vec::with_capacity(len), start: 0 }
    }

    /// The bytes nobody has taken yet.
    #[inline]
    pub fn unread(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// The bytes nobody has taken yet, to change in place.
    #[inline]
    pub fn unread_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }

    /// How many bytes nobody has taken yet.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Whether every byte has been taken.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes a read can still append.
    #[inline]
    pub fn room(&self) -> usize {
        self.bytes.capacity() - self.bytes.len()
    }

    /// Takes `count` bytes from the front; at most what is there.
    #[inline]
    pub fn advance(&mut self, count: usize) {
        self.start = (self.start + count).min(self.bytes.len());
        if self.start == self.bytes.len() {
            self.clear();
        }
    }

    /// Keeps the first `len` unread bytes and forgets the rest.
    pub fn truncate(&mut self, len: usize) {
        self.bytes.truncate(self.start + len);
    }

    /// Forgets all bytes and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.start = 0;
    }

    /// Appends a copy of `bytes`, growing where they do not fit.
    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves the unread bytes to the front and makes room for at least `len` more.
    pub fn make_room(&mut self, len: usize) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.reserve(len);
    }

    /// Gives up the room and what was taken: the unread bytes move to an allocation of their size.
    pub fn shrink(&mut self) {
        if self.bytes.capacity() > self.len() {
            *self = Self { bytes: self.unread().to_vec(), start: 0 };
        }
    }

    /// The vector behind the buffer, for encoders that append to it.
    #[inline]
    pub fn as_vec_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, start: 0 }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        let pool = match bytes.capacity() {
            BUFFER_BYTES => &POOL,
            SMALL_BUFFER_BYTES => &SMALL_POOL,
            _ => return,
        };
        bytes.clear();
        // The pool is gone while the thread ends; then the memory is simply freed.
        let _ = pool.try_with(|pool| pool.give_back(bytes));
    }
}

// SAFETY: the pointer and length describe initialised bytes of a heap allocation that this buffer
// owns alone and that does not move when the buffer itself moves. No safe form serves: the kernel
// reads the memory while the operation is in flight.
unsafe impl IoBuf for Buffer {
    fn read_ptr(&self) -> *const u8 {
        self.unread().as_ptr()
    }

    fn bytes_init(&self) -> usize {
        self.len()
    }
}

// SAFETY: `write_ptr` points behind the initialised bytes and `bytes_total` is the room from there
// to the end of the allocation; `set_init` is called with the number of bytes that the kernel wrote
// there. No safe form serves, as above.
unsafe impl IoBufMut for Buffer {
    fn write_ptr(&mut self) -> *mut u8 {
        self.bytes.spare_capacity_mut().as_mut_ptr().cast()
    }

    fn bytes_total(&mut self) -> usize {
        self.room()
    }

    unsafe fn set_init(&mut self, count: usize) {
        debug_assert!(count <= self.room());
        // SAFETY: the kernel initialised `count` bytes from `write_ptr` on, within the room.
        unsafe { self.bytes.set_len(self.bytes.len() + count) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_from_the_front_keeps_the_rest() {
        let mut buffer = Buffer::take();
        buffer.extend(b"GET / HTTP/1.1");
        buffer.advance(4);
        assert_eq!(buffer.unread(), b"/ HTTP/1.1");
        buffer.make_room(BUFFER_BYTES);
        assert_eq!(buffer.unread(), b"/ HTTP/1.1");
        assert!(buffer.room() >= BUFFER_BYTES);
    }

    #[test]
    fn a_shrunk_buffer_keeps_only_what_is_unread() {
        let mut buffer = Buffer::take();
        buffer.extend(b"taken and left");
        buffer.advance(10);
        buffer.shrink();
        assert_eq!((buffer.unread(), buffer.room()), (&b"left"[..], 0));
    }

    #[test]
    fn a_pool_frees_what_nobody_needed_since_the_last_trim() {
        let pool = Pool::new(16, 8);
        let taken: Vec<_> = (0..6).map(|_| pool.take()).collect();
        taken.into_iter().for_each(|bytes| pool.give_back(bytes));
        pool.trim();
        let both = [pool.take(), pool.take()];
        both.into_iter().for_each(|bytes| pool.give_back(bytes));
        assert_eq!(pool.free.borrow().len(), 6);
        pool.trim();
        assert_eq!(pool.free.borrow().len(), 2);
        pool.trim();
        assert_eq!(pool.free.borrow().len(), 0);
    }

    #[test]
    fn a_buffer_taken_to_its_end_is_empty_again() {
        let mut buffer = Buffer::take();
        buffer.extend(b"abc");
        buffer.advance(3);
        assert!(buffer.is_empty());
        assert_eq!(buffer.room(), BUFFER_BYTES);
    }
}
