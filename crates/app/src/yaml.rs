//! YAML → a tree whose parts know their lines.
//!
//! What an alias stands for is shared, not copied: a small text cannot become a large tree. Scalars
//! are text, since nothing that is read here is a number.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Deeper than any manifest; what walks a tree may call itself.
const DEEPEST: usize = 64;

/// A part of a document.
#[derive(Debug)]
pub(crate) struct Node {
    /// The line on which it begins, from 1.
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Text(String),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// The line of the key.
    pub(crate) line: usize,
    pub(crate) node: Rc<Node>,
}

/// What is wrong with a text, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Rc<Node>> {
        let entry = self.entries().iter().find(|entry| entry.key == key)?;
        (!matches!(entry.node.value, Value::Null)).then_some(&entry.node)
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; a text is the only one of its own.
    pub(crate) fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Text(text) => vec![text],
            Value::List(items) => items.iter().filter_map(|item| item.text()).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The one document of a text; none if it is empty.
pub(crate) fn parse(text: &str) -> Result<Option<Rc<Node>>, YamlError> {
    let mut tree = Tree::default();
    for event in Parser::new_from_str(text.trim_start_matches('\u{feff}')) {
        let (event, span) = event.map_err(|error| YamlError {
            line: error.marker().line(),
            message: error.info().to_string(),
        })?;
        tree.take(event, span.start.line())?;
    }
    Ok(tree.root)
}

/// A tree that grows by one event after the other.
#[derive(Default)]
struct Tree {
    root: Option<Rc<Node>>,
    /// The lists and maps that are not at their end, outermost first.
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Node>>,
}

struct Open {
    line: usize,
    anchor: usize,
    value: Value,
    /// The key whose value comes next.
    key: Option<(String, usize)>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), YamlError> {
        let wrong = |message: &str| YamlError {
            line,
            message: message.to_string(),
        };
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                return Err(wrong("a second document in one file"));
            }
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if is_null {
                    Value::Null
                } else {
                    Value::Text(text.into_owned())
                };
                self.put(Rc::new(Node { line, value }), anchor)?;
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| wrong("an alias of what it stands in"))?;
                self.put(node, 0)?;
            }
            Event::SequenceStart(anchor, _) => self.open(Value::List(Vec::new()), anchor, line)?,
            Event::MappingStart(anchor, _) => self.open(Value::Map(Vec::new()), anchor, line)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open {
                    line,
                    anchor,
                    value,
                    ..
                }) = self.open.pop()
                {
                    self.put(Rc::new(Node { line, value }), anchor)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, value: Value, anchor: usize, line: usize) -> Result<(), YamlError> {
        if self.open.len() == DEEPEST {
            let message = format!("more than {DEEPEST} levels, one within the other");
            return Err(YamlError { line, message });
        }
        let key = None;
        self.open.push(Open {
            line,
            anchor,
            value,
            key,
        });
        Ok(())
    }

    /// Puts a part where it belongs.
    fn put(&mut self, node: Rc<Node>, anchor: usize) -> Result<(), YamlError> {
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some((key, line))) => entries.push(Entry { key, line, node }),
            (Value::Map(entries), None) => {
                let line = node.line;
                let wrong = |message: String| YamlError { line, message };
                let key = node
                    .text()
                    .ok_or_else(|| wrong("a key that is no text".into()))?;
                if entries.iter().any(|entry| entry.key == key) {
                    return Err(wrong(format!("the key `{key}` a second time")));
                }
                open.key = Some((key.to_string(), line));
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_know_their_lines() {
        let text = "# head\na:\n  - b: c\n    d: ~\n  - 'e'\nf: {g: [h, i]}\n";
        let root = parse(text).unwrap().unwrap();
        let lines = |node: &Node| -> Vec<(String, usize)> {
            let entries = node.entries().iter();
            entries.map(|e| (e.key.clone(), e.line)).collect()
        };
        assert_eq!(lines(&root), [("a".into(), 2), ("f".into(), 6)]);
        let Value::List(items) = &root.get("a").unwrap().value else {
            panic!("a list");
        };
        assert_eq!(lines(&items[0]), [("b".into(), 3), ("d".into(), 4)]);
        assert!(items[0].get("d").is_none());
        assert_eq!(items[1].line, 5);
        assert_eq!(root.get("f").unwrap().get("g").unwrap().texts(), ["h", "i"]);
        assert!(parse("# nothing\n").unwrap().is_none());
    }

    #[test]
    fn what_is_wrong_has_a_line() {
        for (text, line, message) in [
            ("a: b\na: c\n", 2, "`a` a second time"),
            ("a: [b\nc: d\n", 2, ""),
            ("a: b\n--- \nc: d\n", 3, "second document"),
            ("a: &x [*x]\n", 1, "alias"),
            ("a:\n  ? [b]\n  : c\n", 2, "no text"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(message), "{error:?}");
            assert!(error.line.abs_diff(line) <= 1, "{text}: {error:?}");
        }
        let deep = format!("a: {}", "[".repeat(1000));
        assert!(parse(&deep).is_err());
    }

    /// Each level names the one below ten times.
    #[test]
    fn aliases_are_shared() {
        let mut text = "a0: &a0 [x]\n".to_string();
        for level in 1..40 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{below}]\n");
        }
        assert!(parse(&text).unwrap().is_some());
    }
}
