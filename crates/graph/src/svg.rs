//! The graph as a picture: SVG without scripts, fonts or links to anything.
//!
//! Members are boxes with a stripe in the colour of their role, links run from left to right from
//! the caller to the target; what closes a circle runs back. The states of links differ in colour
//! and in their strokes, and a legend names those that there are. The picture has a background of
//! its own and follows a reader's preference for dark colours, so that it can stand on any page.

use crate::graph::{Graph, Link, Member, Role, State};
use crate::layout::{self, Input, Layout, Rect, Way};

const MARGIN: f64 = 24.0;
/// Of a monospace font of 13 and of 11 pixels.
const CHAR: f64 = 7.83;
const SMALL_CHAR: f64 = 6.63;
const LEGEND: f64 = 22.0;

/// The picture.
pub fn render(graph: &Graph) -> String {
    let members: Vec<&Member> = graph.members().collect();
    let links: Vec<&Link> = graph.links().collect();
    let layout = layout::layout(&input(graph, &members, &links));
    let legend = legend(graph, MARGIN, MARGIN + layout.height + 30.0);
    let width = (layout.width.max(legend.width) + 2.0 * MARGIN).ceil();
    let height = (layout.height + 2.0 * MARGIN + legend.height).ceil();
    let mut out = head(width, height, members.len(), links.len());
    for (link, way) in links.iter().zip(&layout.ways) {
        out.push_str(&link_group(link, way, &layout, &members));
    }
    for (member, rect) in members.iter().zip(&layout.boxes) {
        out.push_str(&member_group(member, graph.role(&member.name), rect));
    }
    out.push_str(&legend.text);
    out.push_str("</svg>\n");
    out
}

fn input(graph: &Graph, members: &[&Member], links: &[&Link]) -> Input {
    let size = |member: &&Member| {
        let name = member.name.chars().count() as f64 * CHAR;
        let wit = member.wit.as_ref().map_or(0, |wit| wit.chars().count());
        let width = name.max(wit as f64 * SMALL_CHAR) + 32.0;
        let sides = [
            graph
                .links()
                .filter(|link| link.caller == member.name)
                .count(),
            graph
                .links()
                .filter(|link| link.target == member.name)
                .count(),
        ];
        let ports = sides
            .iter()
            .max()
            .map_or(0.0, |count| *count as f64 * 9.0 + 12.0);
        let least: f64 = if member.wit.is_some() { 50.0 } else { 36.0 };
        (width.max(76.0).ceil(), least.max(ports).ceil())
    };
    let place = |name: &str| members.partition_point(|member| *member.name < *name);
    Input {
        sizes: members.iter().map(size).collect(),
        links: links
            .iter()
            .map(|link| (place(&link.caller), place(&link.target)))
            .collect(),
    }
}

/// Light colours, then dark ones where those are preferred. Each class is spelled out: not every
/// viewer knows variables.
const STYLE: &str = "\
text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:13px;fill:#1f2937}
.small{font-size:11px;fill:#6b7280}
.page{fill:#ffffff}
.box{fill:#f8fafc;stroke:#cbd5e1}
.caller{fill:#3b82f6}.both{fill:#8b5cf6}.target{fill:#14b8a6}.alone{fill:#9ca3af}
.line{fill:none;stroke-width:1.6;stroke-linecap:round}
.up-to-date .line{stroke:#64748b}.up-to-date .head{fill:#64748b}
.stale .line{stroke:#d97706;stroke-dasharray:7 5}.stale .head{fill:#d97706}
.unused .line{stroke:#94a3b8;stroke-dasharray:1 5;stroke-width:2}.unused .head{fill:#94a3b8}
.broken .line{stroke:#dc2626;stroke-width:2.4}.broken .head{fill:#dc2626}
@media (prefers-color-scheme:dark){
text{fill:#e5e7eb}.small{fill:#9ca3af}.page{fill:#0f172a}.box{fill:#1e293b;stroke:#475569}
.up-to-date .line{stroke:#94a3b8}.up-to-date .head{fill:#94a3b8}
.stale .line{stroke:#fbbf24}.stale .head{fill:#fbbf24}
.unused .line{stroke:#64748b}.unused .head{fill:#64748b}
.broken .line{stroke:#f87171}.broken .head{fill:#f87171}
}
";

fn head(width: f64, height: f64, members: usize, links: usize) -> String {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let title = format!(
        "{members} member{}, {links} link{}",
        plural(members),
        plural(links)
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"page\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>\n"
    )
}

fn member_group(member: &Member, role: Role, rect: &Rect) -> String {
    let (x, y) = (rect.x + MARGIN, rect.y + MARGIN);
    let (width, height) = (rect.width, rect.height);
    let middle = y + height / 2.0;
    let baseline = if member.wit.is_some() {
        middle - 2.0
    } else {
        middle + 4.5
    };
    let mut text = format!(
        "<g><title>{name}: {role}</title>\
         <rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"7\"/>\
         <rect class=\"{class}\" x=\"{stripe}\" y=\"{top}\" width=\"4\" height=\"{long}\" rx=\"2\"/>\
         <text x=\"{left}\" y=\"{baseline}\">{name}</text>",
        name = escaped(&member.name),
        class = role_class(role),
        stripe = x + 6.0,
        top = y + 7.0,
        long = height - 14.0,
        left = x + 19.0,
    );
    if let Some(wit) = &member.wit {
        let below = middle + 14.0;
        let wit = escaped(wit);
        let line = format!(
            "<text class=\"small\" x=\"{}\" y=\"{below}\">{wit}</text>",
            x + 19.0
        );
        text.push_str(&line);
    }
    text + "</g>\n"
}

fn link_group(link: &Link, way: &Way, layout: &Layout, members: &[&Member]) -> String {
    let class = state_class(link.state);
    let title = escaped(&format!(
        "{} → {}: {}",
        link.caller,
        link.target,
        link.state_text()
    ));
    let path = match link.caller == link.target {
        true => {
            let place = members.iter().position(|member| member.name == link.caller);
            around(&layout.boxes[place.expect("a link's ends are members")])
        }
        false => along(way),
    };
    format!("<g class=\"{class}\"><title>{title}</title>{path}</g>\n")
}

/// The tip of an arrow: where it is, and whether it points to the right.
type Tip = (f64, f64, bool);

const ARROW: f64 = 9.0;

/// A link between two members: its path ends where the arrow begins.
fn along(way: &Way) -> String {
    let mut stretches = way.stretches.clone();
    let last = stretches.len() - 1;
    let tip = match way.backwards {
        true => {
            let tip = (stretches[0].1, stretches[0].2, false);
            stretches[0].0 += ARROW;
            stretches[0].1 += ARROW;
            tip
        }
        false => {
            let tip = (stretches[last].0, stretches[last].2, true);
            stretches[last].0 -= ARROW;
            stretches[last].1 -= ARROW;
            tip
        }
    };
    let place = |(x, y): (f64, f64)| format!("{} {}", number(x + MARGIN), number(y + MARGIN));
    let mut path = format!("M{}", place((stretches[0].1, stretches[0].2)));
    for pair in stretches.windows(2) {
        let ((_, from, y), (to, end, next)) = (pair[0], pair[1]);
        let half = (to - from) / 2.0;
        let (first, second) = (place((from + half, y)), place((to - half, next)));
        path.push_str(&format!("C{first} {second} {}", place((to, next))));
        if end > to {
            path.push_str(&format!("L{}", place((end, next))));
        }
    }
    format!("<path class=\"line\" d=\"{path}\"/>{}", arrow(tip))
}

/// A link from a member to itself, below its right corner.
fn around(rect: &Rect) -> String {
    let bottom = rect.y + rect.height + MARGIN;
    let tip = rect.x + rect.width + MARGIN - 18.0;
    let (start, end, low) = (tip - 22.0, bottom + 7.0, bottom + 19.0);
    let (left, right) = (tip - 4.0, tip + 4.0);
    format!(
        "<path class=\"line\" d=\"M{start} {bottom}C{start} {low} {tip} {low} {tip} {end}\"/>\
         <path class=\"head\" d=\"M{tip} {bottom}L{left} {end}L{right} {end}Z\"/>"
    )
}

fn arrow((x, y, right): Tip) -> String {
    let (x, y) = (x + MARGIN, y + MARGIN);
    let back = if right { x - ARROW } else { x + ARROW };
    format!(
        "<path class=\"head\" d=\"M{} {}L{} {}L{} {}Z\"/>",
        number(x),
        number(y),
        number(back),
        number(y - 4.5),
        number(back),
        number(y + 4.5)
    )
}

struct Legend {
    text: String,
    width: f64,
    height: f64,
}

/// The states and the roles that there are, in a line each.
fn legend(graph: &Graph, left: f64, top: f64) -> Legend {
    let states = State::ALL.into_iter();
    let states = states.filter(|state| graph.links().any(|link| link.state == *state));
    let roles = Role::ALL.into_iter();
    let roles = roles.filter(|role| graph.members().any(|m| graph.role(&m.name) == *role));
    let mut legend = Legend {
        text: String::new(),
        width: 0.0,
        height: 0.0,
    };
    let (mut x, mut y) = (left, top);
    let mut put = |x: &mut f64, y: f64, mark: String, mark_width: f64, label: String| {
        let text = *x + mark_width + 8.0;
        legend.text.push_str(&mark);
        let baseline = y + 4.0;
        let line = format!(
            "<text class=\"small\" x=\"{}\" y=\"{baseline}\">{label}</text>\n",
            number(text)
        );
        legend.text.push_str(&line);
        *x = text + label.chars().count() as f64 * SMALL_CHAR + 22.0;
        legend.width = legend.width.max(*x - 22.0 - left);
        legend.height = y + LEGEND - top;
    };
    for state in states {
        let end = x + 34.0;
        let mark = format!(
            "<g class=\"{}\"><path class=\"line\" d=\"M{} {y}H{}\"/>{}</g>",
            state_class(state),
            number(x),
            number(end - ARROW),
            arrow((end - MARGIN, y - MARGIN, true))
        );
        put(&mut x, y, mark, 34.0, state.to_string());
    }
    if x > left {
        (x, y) = (left, y + LEGEND);
    }
    for role in roles {
        let (class, up) = (role_class(role), y - 7.0);
        let mark = format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{up}\" width=\"4\" height=\"14\" rx=\"2\"/>",
            number(x)
        );
        put(&mut x, y, mark, 4.0, role.to_string());
    }
    legend
}

fn state_class(state: State) -> &'static str {
    match state {
        State::UpToDate => "up-to-date",
        State::Stale => "stale",
        State::Unused => "unused",
        State::Broken => "broken",
    }
}

fn role_class(role: Role) -> &'static str {
    match role {
        Role::Caller => "caller",
        Role::Both => "both",
        Role::Target => "target",
        Role::Alone => "alone",
    }
}

/// With one digit after the point at most.
fn number(value: f64) -> String {
    format!("{}", (value * 10.0).round() / 10.0)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No XML document may hold these.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
