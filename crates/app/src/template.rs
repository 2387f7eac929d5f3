//! `{{ component_name | to_snake_case }}` in a path, as golem-cli fills it in.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
    ToTitleCase, ToTrainCase, ToUpperCamelCase,
};

/// A text with the component's name filled in; none if there is something else in braces.
pub(crate) fn fill(text: &str, component: &str) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (expression, behind) = behind.split_once("}}")?;
        filled.push_str(before);
        filled.push_str(&evaluate(expression, component)?);
        rest = behind;
    }
    match rest.contains("{%") {
        true => None,
        false => Some(filled + rest),
    }
}

fn evaluate(expression: &str, component: &str) -> Option<String> {
    let mut words = expression.split('|').map(str::trim);
    // golem-cli 1.1.0 had it in this other way
    let ("component_name" | "componentName") = words.next()? else {
        return None;
    };
    words.try_fold(component.to_string(), |text, filter| {
        Some(match filter {
            "to_snake_case" => text.to_snake_case(),
            "to_kebab_case" => text.to_kebab_case(),
            "to_lower_camel_case" => text.to_lower_camel_case(),
            "to_upper_camel_case" => text.to_upper_camel_case(),
            "to_pascal_case" => text.to_pascal_case(),
            "to_shouty_kebab_case" => text.to_shouty_kebab_case(),
            "to_shouty_snake_case" => text.to_shouty_snake_case(),
            "to_title_case" => text.to_title_case(),
            "to_train_case" => text.to_train_case(),
            _ => return None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_in() {
        let fill = |text| fill(text, "shop:till-two");
        let some = |text: &str| Some(text.to_string());
        assert_eq!(fill("wit"), some("wit"));
        assert_eq!(
            fill("c/{{ componentName }}/wit"),
            some("c/shop:till-two/wit")
        );
        assert_eq!(
            fill("{{component_name|to_snake_case}}.wasm"),
            some("shop_till_two.wasm")
        );
        assert_eq!(fill("{{ other }}"), None);
        assert_eq!(fill("{{ component_name"), None);
        assert_eq!(fill("{% if a %}"), None);
    }
}
