//! Which header fields does a head carry, and how is one found?

use super::{KnownName, Range};

/// One header field: two ranges and what the name is known as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name as the sender spelled it.
    pub name: Range,
    /// The value without surrounding white space.
    pub value: Range,
    /// The name's identity, where it is one that some step looks for.
    pub known: Option<KnownName>,
}

/// The header fields of a head, in the order they came.
///
/// The table is kept by the connection and reused, so a head allocates nothing once warm.
/// `first[name]` is one more than the position of the first field of that known name; bit `name`
/// of `repeated` says that more than one came.
#[derive(Clone, Debug)]
pub struct Fields {
    list: Vec<Field>,
    first: [u8; KnownName::COUNT],
    repeated: u64,
}

const _: () = assert!(KnownName::COUNT <= 64, "`Fields::repeated` has a bit for each known name");

impl Default for Fields {
    fn default() -> Self {
        Self { list: Vec::new(), first: [0; KnownName::COUNT], repeated: 0 }
    }
}

impl Fields {
    /// Forgets all fields and keeps the room.
    pub fn clear(&mut self) {
        self.list.clear();
        self.first = [0; KnownName::COUNT];
        self.repeated = 0;
    }

    /// Appends a field whose ranges lie in `bytes`, and says what its name is known as.
    #[inline]
    pub fn push(&mut self, bytes: &[u8], name: Range, value: Range) -> Option<KnownName> {
        let known = KnownName::from_bytes(name.of_bytes(bytes));
        self.list.push(Field { name, value, known });
        if let Some(known) = known {
            let first = &mut self.first[known as usize];
            if *first == 0 {
                *first = u8::try_from(self.list.len()).unwrap_or(0);
            } else {
                self.repeated |= 1 << (known as u64);
            }
        }
        known
    }

    /// All fields in order.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.list.iter()
    }

    /// The first field of a known name.
    #[inline]
    pub fn first(&self, known: KnownName) -> Option<&Field> {
        match self.first[known as usize] {
            0 => None,
            position => self.list.get(usize::from(position) - 1),
        }
    }

    /// Whether a field of that known name came.
    #[inline]
    pub fn has(&self, known: KnownName) -> bool {
        self.first[known as usize] != 0
    }

    /// Whether more than one field of that known name came.
    #[inline]
    pub fn repeats(&self, known: KnownName) -> bool {
        self.repeated & (1 << (known as u64)) != 0
    }

    /// All fields of a known name, in order.
    pub fn all(&self, known: KnownName) -> impl Iterator<Item = &Field> {
        let from = match self.first[known as usize] {
            0 => self.list.len(),
            position => usize::from(position) - 1,
        };
        self.list[from..].iter().filter(move |field| field.known == Some(known))
    }

    /// How many fields came.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none came.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
