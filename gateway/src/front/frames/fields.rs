//! The fields of a head of HTTP/2, as they come byte by byte, and what they come to (RFC 7541 §6).

/// What a field takes besides its text.
const FIELD: usize = 32;
/// What one that was told before, or need not be told, takes: its text is shared with the one before.
const KNOWN: usize = 128;

/// The fields of the heads of a connection.
#[derive(Debug, Default)]
pub(super) struct Fields {
    state: State,
    /// What the present one comes to.
    field: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A field begins.
    #[default]
    Begin,
    /// A number goes on, by so many bits.
    Number { so_far: usize, bits: u32, of: Of },
    /// A text begins; whether it is a name.
    Text { name: bool },
    /// A text goes on.
    Rest { left: usize, name: bool },
}

/// What a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Index,
    NameIndex,
    Length { name: bool },
    Size,
}

impl Fields {
    /// Reads some bytes; gives what the fields come to at most that end in them. `None` if they are none.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut cost = 0;
        for byte in bytes {
            cost += self.byte(*byte)?;
        }
        Some(cost)
    }

    fn byte(&mut self, byte: u8) -> Option<usize> {
        match self.state {
            State::Begin => {
                self.field = FIELD;
                match byte {
                    0x80.. => self.begins(byte, 7, Of::Index),
                    0x40.. => self.begins(byte, 6, Of::NameIndex),
                    0x20.. => self.begins(byte, 5, Of::Size),
                    _ => self.begins(byte, 4, Of::NameIndex),
                }
            }
            State::Number { so_far, bits, of } => {
                if bits > 21 {
                    return None;
                }
                let so_far = so_far + (usize::from(byte & 0x7f) << bits);
                if byte & 0x80 != 0 {
                    self.state = State::Number { so_far, bits: bits + 7, of };
                    return Some(0);
                }
                Some(self.told(so_far, of))
            }
            State::Text { name } => self.begins(byte, 7, Of::Length { name }),
            State::Rest { left, name } => match left {
                1 => Some(self.ended(name)),
                left => {
                    self.state = State::Rest { left: left - 1, name };
                    Some(0)
                }
            },
        }
    }

    /// A number begins in the last bits of a byte.
    fn begins(&mut self, byte: u8, bits: u32, of: Of) -> Option<usize> {
        let all = (1_usize << bits) - 1;
        let so_far = usize::from(byte) & all;
        if so_far == all {
            self.state = State::Number { so_far, bits: 0, of };
            return Some(0);
        }
        Some(self.told(so_far, of))
    }

    /// A number is told; gives what the field comes to if it ends with it.
    fn told(&mut self, number: usize, of: Of) -> usize {
        match of {
            Of::Size => self.state = State::Begin,
            Of::Index => {
                self.state = State::Begin;
                return FIELD + KNOWN;
            }
            Of::NameIndex if number == 0 => self.state = State::Text { name: true },
            Of::NameIndex => {
                self.field += KNOWN;
                self.state = State::Text { name: false };
            }
            Of::Length { name } => {
                // It counts before it comes: until it is whole it is kept as it is. Five bits make a letter at least.
                let text = number * 8 / 5;
                if number == 0 {
                    return self.ended(name);
                }
                self.state = State::Rest { left: number, name };
                return text;
            }
        }
        0
    }

    fn ended(&mut self, name: bool) -> usize {
        if name {
            self.state = State::Text { name: false };
            return 0;
        }
        self.state = State::Begin;
        self.field
    }
}
