//! What was measured, and how it is shown: each row with its goal, the median and the ends of all rounds.

use std::fmt::Write;

use super::load::Load;

/// What a row shall reach.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// At least this ratio.
    Ratio(f64),
    /// At least so many in a second.
    Rate(f64),
    /// At most this many times the cost.
    Cost(f64),
    /// At most so many MiB.
    Memory(f64),
    /// The slowest answer within so many milliseconds.
    Within(f64),
    /// Nothing was agreed upon.
    None,
}

/// One measurement.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sample {
    /// In a second; or MiB.
    pub(super) value: f64,
    pub(super) p50_ms: Option<f64>,
    pub(super) p99_ms: Option<f64>,
    /// To what it is compared with in the same round.
    pub(super) ratio: Option<f64>,
    /// Seconds until nothing was on its way any more.
    pub(super) rest: Option<f64>,
}

impl Sample {
    /// What a load gave.
    pub(super) fn of(load: Load) -> Self {
        Self { value: load.rate, p50_ms: Some(load.p50_ms), p99_ms: Some(load.p99_ms), ..Self::default() }
    }

    /// Compares with another rate of the same round.
    pub(super) fn to(self, other: f64) -> Self {
        Self { ratio: Some(self.value / other), ..self }
    }

    /// Adds how long it took until nothing was on its way.
    pub(super) fn at_rest_after(self, rest: std::time::Duration) -> Self {
        Self { rest: Some(rest.as_secs_f64()), ..self }
    }
}

#[derive(Debug)]
struct Row {
    table: &'static str,
    what: String,
    who: String,
    goal: Goal,
    samples: Vec<Sample>,
}

/// All rows, in the order in which they were first measured.
#[derive(Debug, Default)]
pub(super) struct Book {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Book {
    /// Writes a measurement down, and prints it.
    pub(super) fn note(&mut self, table: &'static str, what: &str, who: &str, goal: Goal, sample: Sample) {
        println!("{table}: {what}{}{who}: {}", if who.is_empty() { "" } else { ", " }, plainly(&sample));
        let same = |row: &&mut Row| row.table == table && row.what == what && row.who == who;
        match self.rows.iter_mut().find(same) {
            Some(row) => row.samples.push(sample),
            None => {
                self.rows.push(Row { table, what: what.to_owned(), who: who.to_owned(), goal, samples: vec![sample] })
            }
        }
    }

    /// Writes a sentence down that stands below the tables.
    pub(super) fn remark(&mut self, sentence: String) {
        println!("{sentence}");
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    /// Gives the tables in Markdown.
    pub(super) fn tables(&self) -> String {
        let mut text = String::new();
        let mut tables: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !tables.contains(&row.table) {
                tables.push(row.table);
            }
        }
        for table in tables {
            let _ = write!(text, "\n### {table}\n\n{HEAD}");
            for row in self.rows.iter().filter(|row| row.table == table) {
                let _ = writeln!(text, "{}", line(row));
            }
        }
        for note in &self.notes {
            let _ = write!(text, "\n- {note}");
        }
        text.trim_start_matches('\n').to_owned() + "\n"
    }
}

const HEAD: &str = "| what | programs | each second, or MiB | p50 ms | p99 ms | ratio | goal | reached | seconds until at rest |\n\
                    |---|---|---|---|---|---|---|---|---|\n";

fn line(row: &Row) -> String {
    let column = |of: fn(&Sample) -> Option<f64>| span(row.samples.iter().filter_map(of).collect());
    let middle = |of: fn(&Sample) -> Option<f64>| median(row.samples.iter().filter_map(of).collect());
    let (goal, reached) = match row.goal {
        Goal::Ratio(goal) => (format!("ratio ≥ {goal}"), middle(|s| s.ratio).map(|ratio| ratio >= goal)),
        Goal::Cost(goal) => (format!("ratio ≤ {goal}"), middle(|s| s.ratio).map(|ratio| ratio <= goal)),
        Goal::Rate(goal) => (format!("≥ {}", number(goal)), middle(|s| Some(s.value)).map(|value| value >= goal)),
        Goal::Memory(goal) => (format!("≤ {} MiB", number(goal)), middle(|s| Some(s.value)).map(|value| value <= goal)),
        Goal::Within(goal) => (format!("p99 ≤ {} ms", number(goal)), middle(|s| s.p99_ms).map(|most| most <= goal)),
        Goal::None => (String::new(), None),
    };
    let reached = reached.map_or("", |reached| if reached { "yes" } else { "no" });
    let cells = [
        row.what.clone(),
        row.who.clone(),
        column(|s| Some(s.value)),
        column(|s| s.p50_ms),
        column(|s| s.p99_ms),
        column(|s| s.ratio),
        goal,
        reached.to_owned(),
        column(|s| s.rest),
    ];
    format!("| {} |", cells.join(" | "))
}

/// The median, and the ends in brackets where there are several.
fn span(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    match (values.first(), values.last(), median(values.clone())) {
        (Some(least), Some(most), Some(middle)) if values.len() > 1 => {
            format!("{} ({} to {})", number(middle), number(*least), number(*most))
        }
        (Some(only), ..) => number(*only),
        _ => String::new(),
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().saturating_sub(1) / 2)?;
    Some((upper + lower) / 2.0)
}

/// A number with about three digits that count.
fn number(value: f64) -> String {
    match value.abs() {
        1000.0.. => {
            let whole = format!("{value:.0}");
            let (thousands, rest) = whole.split_at(whole.len().saturating_sub(3));
            format!("{thousands},{rest}")
        }
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn plainly(sample: &Sample) -> String {
    let mut text = number(sample.value);
    for (value, unit) in [
        (sample.p50_ms, " ms p50"),
        (sample.p99_ms, " ms p99"),
        (sample.ratio, " ratio"),
        (sample.rest, " s until at rest"),
    ] {
        if let Some(value) = value {
            let _ = write!(text, ", {}{unit}", number(value));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_the_median_with_both_ends_and_whether_the_goal_is_reached() {
        let mut book = Book::default();
        for value in [880.0, 1200.0, 1000.0] {
            let sample = Sample { value, ..Sample::default() }.to(4000.0);
            book.note("Services", "POST role", "", Goal::Ratio(0.25), sample);
        }
        let row = "| POST role |  | 1,000 (880 to 1,200) |  |  | 0.25 (0.22 to 0.30) | ratio ≥ 0.25 | yes |  |";
        assert!(book.tables().contains(row), "{}", book.tables());
    }

    #[test]
    fn a_table_that_was_measured_at_two_times_is_shown_once() {
        let mut book = Book::default();
        for (table, what) in [("Memory", "idle"), ("Services", "GET"), ("Memory", "loaded"), ("Memory", "idle")] {
            book.note(table, what, "", Goal::None, Sample::default());
        }
        let tables = book.tables();
        assert_eq!(tables.matches("### Memory").count(), 1, "{tables}");
        assert_eq!(tables.matches("| idle |").count(), 1, "{tables}");
    }

    #[test]
    fn the_median_of_an_even_number_is_between() {
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
