//! JSON pointers (RFC 6901): the address of a value within a definition.

/// The address of `key` (a field name or a list index) below `parent`.
///
/// ```
/// use dampak::definition::pointer::child;
/// assert_eq!(child("/sections", 0), "/sections/0");
/// assert_eq!(child("", "a/b"), "/a~1b");
/// ```
pub fn child(parent: &str, key: impl std::fmt::Display) -> String {
    format!("{parent}/{}", key.to_string().replace('~', "~0").replace('/', "~1"))
}

/// The address of the object or list that holds the value; none for the whole document.
pub fn parent(pointer: &str) -> Option<&str> {
    pointer.rfind('/').map(|cut| &pointer[..cut])
}

/// The last field name of an address, as the author wrote it; empty for the whole document.
pub fn last(pointer: &str) -> String {
    let token = pointer.rfind('/').map_or("", |cut| &pointer[cut + 1..]);
    token.replace("~1", "/").replace("~0", "~")
}
