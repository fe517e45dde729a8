//! Elements as plain text.

use std::borrow::Cow;

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use crate::st::Element;

/// Rows of data that is there to be looked through.
const MAX_ROWS: usize = 10;

/// What a terminal shows of an element; nothing of one that only arranges others.
pub(super) fn of(element: &Element) -> Option<String> {
    let body = element.props.get("body").map(inline).unwrap_or_default();
    let label = element.props.get("label").map(inline).unwrap_or_default();
    let text = match &*element.name {
        "title" => underlined(&body, "="),
        "header" => underlined(&body, "-"),
        "divider" => "---".to_owned(),
        "code" => body.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"),
        "error" | "warning" | "info" | "success" => format!("{}: {body}", element.name),
        "exception" => exception(element, &body),
        "json" => element.props.get("body").map(pretty)?,
        "write" => element.props.get("body").map(|body| data(body, MAX_ROWS))?,
        "table" => element.props.get("body").map(|body| data(body, usize::MAX))?,
        "data_editor" => {
            titled(&label, element.props.get("value").map(|value| data(value, MAX_ROWS))?)
        }
        "dataframe" | "area_chart" | "bar_chart" | "line_chart" | "scatter_chart" | "map"
        | "vega_lite_chart" => element.props.get("body").map(|body| data(body, MAX_ROWS))?,
        "metric" => match element.props.get("delta") {
            Some(delta) => {
                format!("{label}: {} ({})", inline(element.props.get("value")?), inline(delta))
            }
            None => format!("{label}: {}", inline(element.props.get("value")?)),
        },
        "progress" => progress(element.prop("value")?),
        "button" | "form_submit_button" | "download_button" => format!("[{label}]"),
        "link_button" => format!("{label}: {}", inline(element.props.get("url")?)),
        "page_link" => format!("{label}: {}", inline(element.props.get("page")?)),
        name => {
            let medium = element.media.as_ref();
            let medium = medium.map(|content| format!("[{name}, {} bytes]", content.len()));
            let value = element.props.get("value").map(inline).or(medium).unwrap_or_default();
            let parts = [label, body, value];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
        }
    };
    (!text.is_empty()).then(|| printable(text))
}

/// A text must not steer the terminal.
fn printable(text: String) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if text.contains(steers) { text.replace(steers, "\u{fffd}") } else { text }
}

fn underlined(text: &str, line: &str) -> String {
    format!("{text}\n{}", line.repeat(text.width().max(1)))
}

fn titled(label: &str, text: String) -> String {
    if label.is_empty() { text } else { format!("{label}:\n{text}") }
}

fn exception(element: &Element, body: &str) -> String {
    let causes: Vec<String> = element.prop("causes").unwrap_or_default();
    let lines = causes.iter().map(|cause| format!("\n  caused by: {cause}"));
    format!("error: {body}{}", lines.collect::<String>())
}

fn progress(value: f64) -> String {
    const WIDTH: usize = 20;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
    let percent = (value.clamp(0.0, 1.0) * 100.0).round() as usize;
    let done = percent * WIDTH / 100;
    format!("[{}{}] {percent}%", "#".repeat(done), ".".repeat(WIDTH - done))
}

/// A value in a line of text.
fn inline(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values)
            if !values.iter().any(|value| value.is_array() || value.is_object()) =>
        {
            values.iter().map(inline).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// As a table if it is one, else in a line.
fn data(value: &Value, max_rows: usize) -> String {
    Table::of(value).map_or_else(|| inline(value), |table| table.render(max_rows))
}

struct Table<'a> {
    /// None if the columns have no names.
    head: Option<Vec<&'a str>>,
    rows: Vec<Vec<&'a Value>>,
}

impl<'a> Table<'a> {
    /// Lists of records or of lists, and records of lists, are tables.
    fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::Array(rows) if !rows.is_empty() => {
                let records: Option<Vec<&Map<String, Value>>> =
                    rows.iter().map(Value::as_object).collect();
                let lists: Option<Vec<&Vec<Value>>> = rows.iter().map(Value::as_array).collect();
                records.map(|records| Table::of_records(&records)).or_else(|| {
                    let rows = lists?.into_iter().map(|row| row.iter().collect()).collect();
                    Some(Table { head: None, rows })
                })
            }
            Value::Object(columns) if !columns.is_empty() => {
                let lists: Vec<&Vec<Value>> =
                    columns.values().map(Value::as_array).collect::<Option<_>>()?;
                let rows = lists.iter().map(|list| list.len()).max()?;
                let cell = |list: &&'a Vec<Value>, row| list.get(row).unwrap_or(&Value::Null);
                Some(Table {
                    head: Some(columns.keys().map(String::as_str).collect()),
                    rows: (0..rows)
                        .map(|row| lists.iter().map(|list| cell(list, row)).collect())
                        .collect(),
                })
            }
            _ => None,
        }
    }

    fn of_records(records: &[&'a Map<String, Value>]) -> Self {
        let mut head: Vec<&str> = Vec::new();
        for name in records.iter().flat_map(|record| record.keys()) {
            if !head.contains(&name.as_str()) {
                head.push(name);
            }
        }
        let row = |record: &&'a Map<String, Value>| {
            head.iter().map(|name| record.get(*name).unwrap_or(&Value::Null)).collect()
        };
        let rows = records.iter().map(row).collect();
        Table { head: Some(head), rows }
    }

    fn render(&self, max_rows: usize) -> String {
        let head =
            self.head.as_ref().map(|head| head.iter().map(|&name| Cell::text(name)).collect());
        let shown = self.rows.iter().take(max_rows);
        let rows = shown.map(|row| row.iter().map(|value| Cell::of(value)).collect());
        let lines: Vec<Vec<Cell>> = head.into_iter().chain(rows).collect();
        let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
        let width =
            |column| lines.iter().filter_map(|line| line.get(column)).map(Cell::width).max();
        let widths: Vec<usize> =
            (0..columns).map(|column| width(column).unwrap_or_default()).collect();
        let mut text: Vec<String> = lines.iter().map(|line| render_line(line, &widths)).collect();
        if let Some(more) = self.rows.len().checked_sub(max_rows).filter(|more| *more > 0) {
            text.push(format!("… {more} more rows"));
        }
        text.join("\n")
    }
}

struct Cell<'a> {
    text: Cow<'a, str>,
    is_number: bool,
}

impl<'a> Cell<'a> {
    fn text(text: &'a str) -> Self {
        Cell { text: Cow::Borrowed(text), is_number: false }
    }

    fn of(value: &Value) -> Self {
        Cell { text: Cow::Owned(inline(value).replace('\n', " ")), is_number: value.is_number() }
    }

    fn width(&self) -> usize {
        self.text.width()
    }
}

fn render_line(cells: &[Cell<'_>], widths: &[usize]) -> String {
    let cell = |(cell, width): (&Cell<'_>, &usize)| {
        let gap = " ".repeat(width - cell.width());
        if cell.is_number { format!("{gap}{}", cell.text) } else { format!("{}{gap}", cell.text) }
    };
    cells.iter().zip(widths).map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_are_readable_without_a_page() {
        let element = |name: &'static str| Element::new(name);
        let cases = [
            (element("text").with("body", "hello"), "hello"),
            (element("title").with("body", "Größe 大"), "Größe 大\n========"),
            (element("header").with("body", "Part"), "Part\n----"),
            (element("warning").with("body", "mind the gap"), "warning: mind the gap"),
            (element("code").with("body", "a\nb").with("language", "rust"), "    a\n    b"),
            (element("metric").with("label", "Rows").with("value", 3), "Rows: 3"),
            (
                element("metric").with("label", "Rows").with("value", 3).with("delta", "+1"),
                "Rows: 3 (+1)",
            ),
            (element("slider").with("min", 1).with("label", "Size").with("value", 2), "Size: 2"),
            (
                element("multiselect").with("label", "Days").with("value", ["Mo", "Tu"]),
                "Days: Mo, Tu",
            ),
            (element("text_input").with("label", "Name").with("value", ""), "Name"),
            (element("button").with("label", "Go").with("value", false), "[Go]"),
            (element("progress").with("value", 0.456), "[#########...........] 46%"),
            (element("json").with("body", json!({"a": 1})), "{\n  \"a\": 1\n}"),
            (element("image").with_media(&[0; 4]), "[image, 4 bytes]"),
            (
                element("exception").with("body", "no file").with("causes", ["no disk"]),
                "error: no file\n  caused by: no disk",
            ),
            (element("divider"), "---"),
            (element("tabs").with("labels", ["a", "b"]), ""),
            (element("container"), ""),
            (element("balloons"), ""),
            (element("text").with("body", "\u{1b}[2Jgone"), "\u{fffd}[2Jgone"),
        ];
        for (element, text) in cases {
            assert_eq!(of(&element).unwrap_or_default(), text, "{element:?}");
        }
    }

    #[test]
    fn rows_and_columns_stand_below_each_other() {
        let cases = [
            (json!([["a", 1], ["bcd", 20]]), "a     1\nbcd  20"),
            (json!([{"age": 36, "name": "Ada"}, {"name": "Bo"}]), "age  name\n 36  Ada\n     Bo"),
            (json!({"x": [1, 2], "y": [0.5]}), "x  y\n1  0.5\n2"),
            (json!([1, 2, 3]), "1, 2, 3"),
            (json!([]), ""),
            (json!({"a": 1}), r#"{"a":1}"#),
        ];
        for (value, text) in cases {
            assert_eq!(data(&value, 5), text, "{value}");
        }
        let long = json!((0..7).map(|n| [n]).collect::<Vec<_>>());
        assert_eq!(data(&long, 5), "0\n1\n2\n3\n4\n… 2 more rows");
    }
}
