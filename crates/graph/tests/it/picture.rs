//! What holds for every picture: it is well-formed, nothing lies on anything else, links end at
//! their members.

use golem_rpc_graph::{Graph, Link, Member, State, svg};

use crate::graphs;

/// The numbers of an attribute in each element that has this class.
fn rects(svg: &str) -> Vec<[f64; 4]> {
    let boxes = svg.split("<rect class=\"box\"").skip(1);
    boxes
        .map(|text| {
            ["x", "y", "width", "height"].map(|name| {
                let after = text.split_once(&format!(" {name}=\"")).unwrap().1;
                after.split_once('"').unwrap().0.parse().unwrap()
            })
        })
        .collect()
}

fn size(svg: &str) -> (f64, f64) {
    let after = svg.split_once("viewBox=\"0 0 ").unwrap().1;
    let (width, rest) = after.split_once(' ').unwrap();
    (
        width.parse().unwrap(),
        rest.split_once('"').unwrap().0.parse().unwrap(),
    )
}

fn apart(graph: &Graph) {
    let picture = svg::render(graph);
    let boxes = rects(&picture);
    assert_eq!(boxes.len(), graph.members().len());
    let (width, height) = size(&picture);
    for (i, a) in boxes.iter().enumerate() {
        assert!(a[0] >= 0.0 && a[1] >= 0.0, "{a:?}");
        assert!(a[0] + a[2] <= width && a[1] + a[3] <= height, "{a:?}");
        for b in &boxes[i + 1..] {
            let beside = a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0];
            let below = a[1] + a[3] <= b[1] || b[1] + b[3] <= a[1];
            assert!(beside || below, "{a:?} lies on {b:?}");
        }
    }
    assert_eq!(
        svg::render(graph),
        picture,
        "the same graph, the same picture"
    );
}

#[test]
fn nothing_lies_on_anything_else() {
    for (_, graph) in graphs::all() {
        apart(&graph);
    }
}

#[test]
fn random_graphs_are_laid_out_too() {
    let mut seed = 7_u64;
    let mut below = |bound: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    for _ in 0..60 {
        let count = 1 + below(24);
        let members = (0..count).map(|i| Member {
            name: format!("member-{i}"),
            wit: None,
        });
        let members: Vec<Member> = members.collect();
        let links = (0..below(count * 2 + 1)).map(|_| Link {
            caller: format!("member-{}", below(count)),
            target: format!("member-{}", below(count)),
            state: State::ALL[below(4) as usize],
            reason: None,
        });
        apart(&Graph::new(members, links.collect::<Vec<_>>()));
    }
}

#[test]
fn names_cannot_leave_their_text() {
    let picture = svg::render(&graphs::awkward());
    assert!(!picture.contains("<script"), "{picture}");
    assert!(
        picture.contains("&lt;a &amp; &quot;b&quot;&gt;"),
        "{picture}"
    );
    let opened = picture.matches("<g").count();
    assert_eq!(opened, picture.matches("</g>").count());
    assert!(!picture.contains("href") && !picture.contains("url("));
}
