//! Statements that go to the database together.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

/// PostgreSQL counts the parameters of a statement in sixteen bits, SQLite takes half as many.
const PARAMETERS: usize = 30_000;

/// Runs statements that write rows and do not read what the others of them write: with PostgreSQL in one round trip, as
/// parts of one statement; with SQLite rows of the same table at once.
///
/// # Errors
/// Those of the database.
pub async fn together<C: ConnectionTrait>(db: &C, statements: Vec<Statement>) -> Result<(), DbErr> {
    let (mut some, mut parameters) = (Vec::new(), 0);
    for statement in statements {
        let count = statement.values.as_ref().map_or(0, |values| values.0.len());
        if parameters + count > PARAMETERS {
            run(db, std::mem::take(&mut some)).await?;
            parameters = 0;
        }
        parameters += count;
        some.push(statement);
    }
    run(db, some).await
}

async fn run<C: ConnectionTrait>(db: &C, statements: Vec<Statement>) -> Result<(), DbErr> {
    let mut statements = gathered(statements);
    if db.get_database_backend() != DbBackend::Postgres {
        for statement in statements {
            db.execute_raw(statement).await?;
        }
        return Ok(());
    }
    let Some(last) = statements.pop() else { return Ok(()) };
    let statement = if statements.is_empty() { last } else { joined(statements, last) };
    db.execute_raw(statement).await.map(|_| ())
}

/// What inserts rows by the same text becomes one insert of them all, where the first of them stood.
fn gathered(statements: Vec<Statement>) -> Vec<Statement> {
    let mut kept: Vec<(Vec<Statement>, String)> = Vec::new();
    for statement in statements {
        match kept.iter_mut().find(|(_, text)| *text == statement.sql && rows_of(text).is_some()) {
            Some((same, _)) => same.push(statement),
            None => kept.push((vec![statement.clone()], statement.sql)),
        }
    }
    let one = |(mut same, text): (Vec<Statement>, String)| {
        let first = same.remove(0);
        let Some(rows) = rows_of(&text).filter(|_| !same.is_empty()) else { return first };
        let backend = first.db_backend;
        let (mut sql, mut values) = (first.sql, first.values.map_or_else(Vec::new, |values| values.0));
        for more in same {
            sql.push_str(", ");
            append(&mut sql, &mut values, rows, more.values.into_iter().flat_map(|values| values.0));
        }
        Statement::from_sql_and_values(backend, sql, values)
    };
    kept.into_iter().map(one).collect()
}

/// The rows of a plain `INSERT … VALUES (…), (…)` that nothing follows.
fn rows_of(sql: &str) -> Option<&str> {
    let plain = sql.starts_with("INSERT INTO ") && sql.ends_with(')') && !sql.contains(" ON CONFLICT ");
    sql.split_once(" VALUES ").map(|(_, rows)| rows).filter(|_| plain)
}

/// One statement of several: `WITH s0 AS (…), s1 AS (…) …`, its parameters numbered through.
fn joined(statements: Vec<Statement>, last: Statement) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    with(&mut sql, &mut values, statements);
    sql.push(' ');
    append(&mut sql, &mut values, &last.sql, last.values.into_iter().flat_map(|values| values.0));
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// A statement that begins with `WITH`, and others that write rows beside it, in one round trip. Of PostgreSQL.
#[must_use]
pub fn beside(main: Statement, others: Vec<Statement>) -> Statement {
    let mut values = main.values.map_or_else(Vec::new, |values| values.0);
    let mut sql = "WITH ".to_owned();
    for (at, other) in others.into_iter().enumerate() {
        sql.push_str(&format!("s{at} AS ("));
        append(&mut sql, &mut values, &other.sql, other.values.into_iter().flat_map(|values| values.0));
        sql.push_str("), ");
    }
    sql.push_str(main.sql.strip_prefix("WITH ").unwrap_or(&main.sql));
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// One statement that gives the rows of several, each with the number of its statement in the last column, which is `number`.
pub(super) fn numbered(statements: Vec<Statement>, number: &str) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    let count = statements.len();
    with(&mut sql, &mut values, statements);
    for at in 0..count {
        let all = if at == 0 { " " } else { " UNION ALL " };
        sql.push_str(&format!("{all}SELECT s{at}.*, {at} AS {number} FROM s{at}"));
    }
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// The texts of several statements one after the other, for SQLite, which runs them all before it answers. Behind the rows
/// of each comes one with a column `end` alone.
pub(super) fn in_a_row(statements: Vec<Statement>, end: &str) -> Statement {
    let (mut sql, mut values) = (String::new(), Vec::new());
    for statement in statements {
        append(&mut sql, &mut values, &statement.sql, statement.values.into_iter().flat_map(|values| values.0));
        sql.push_str(&format!("; SELECT 1 AS {end}; "));
    }
    Statement::from_sql_and_values(DbBackend::Sqlite, sql.trim_end(), values)
}

fn with(sql: &mut String, values: &mut Vec<Value>, statements: Vec<Statement>) {
    sql.push_str("WITH ");
    for (at, statement) in statements.into_iter().enumerate() {
        sql.push_str(&format!("{}s{at} AS (", if at == 0 { "" } else { ", " }));
        append(sql, values, &statement.sql, statement.values.into_iter().flat_map(|values| values.0));
        sql.push(')');
    }
}

/// Appends a text, its parameters numbered after those that are there.
fn append(sql: &mut String, values: &mut Vec<Value>, text: &str, more: impl Iterator<Item = Value>) {
    let mut parts = text.split('$');
    sql.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        sql.push('$');
        if let Ok(number) = number.parse::<usize>() {
            sql.push_str(&(number + values.len()).to_string());
        }
        sql.push_str(rest);
    }
    values.extend(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str, values: &[i64]) -> Statement {
        let values = values.iter().map(|value| (*value).into());
        Statement::from_sql_and_values(DbBackend::Postgres, sql, values.collect::<Vec<Value>>())
    }

    fn numbers(statement: Statement) -> Vec<Value> {
        statement.values.unwrap().0
    }

    #[test]
    fn several_statements_become_one_whose_parameters_are_numbered_through() {
        let one = joined(
            vec![of("INSERT INTO a VALUES ($1, $2)", &[1, 2]), of("INSERT INTO b SELECT $1::text", &[3])],
            of("DELETE FROM c WHERE d = $2 AND e = $1", &[4, 5]),
        );
        assert_eq!(
            one.sql,
            "WITH s0 AS (INSERT INTO a VALUES ($1, $2)), s1 AS (INSERT INTO b SELECT $3::text) \
             DELETE FROM c WHERE d = $5 AND e = $4"
        );
        assert_eq!(numbers(one), [1_i64, 2, 3, 4, 5].map(Value::from));
    }

    #[test]
    fn others_go_beside_a_statement_whose_parameters_keep_their_numbers() {
        let one =
            beside(of("WITH a AS (SELECT $2, $1) SELECT $1", &[1, 2]), vec![of("INSERT INTO b VALUES ($1)", &[3])]);
        assert_eq!(one.sql, "WITH s0 AS (INSERT INTO b VALUES ($3)), a AS (SELECT $2, $1) SELECT $1");
        assert_eq!(numbers(one), [1_i64, 2, 3].map(Value::from));
    }

    #[test]
    fn rows_of_the_same_table_are_inserted_at_once() {
        let insert = "INSERT INTO a (b, c) VALUES ($1, $2)";
        let other = "INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO NOTHING";
        let all = [of(insert, &[1, 2]), of(other, &[3]), of(insert, &[4, 5]), of(other, &[6])];
        let texts: Vec<_> = gathered(all.to_vec()).into_iter().map(|one| (one.sql.clone(), numbers(one))).collect();
        assert_eq!(
            texts,
            [
                (format!("{insert}, ($3, $4)"), [1_i64, 2, 4, 5].map(Value::from).to_vec()),
                (other.to_owned(), vec![3_i64.into()]),
                (other.to_owned(), vec![6_i64.into()]),
            ]
        );
    }

    #[test]
    fn with_sqlite_statements_stand_in_a_row_and_each_has_an_end() {
        let one =
            in_a_row(vec![of("SELECT a FROM b WHERE c = $1", &[1]), of("SELECT a FROM b WHERE c = $1", &[2])], "n");
        assert_eq!(
            one.sql,
            "SELECT a FROM b WHERE c = $1; SELECT 1 AS n; SELECT a FROM b WHERE c = $2; SELECT 1 AS n;"
        );
        assert_eq!(numbers(one), [1_i64, 2].map(Value::from));
    }

    #[test]
    fn the_rows_of_several_are_told_apart_by_a_number() {
        let one =
            numbered(vec![of("SELECT a FROM b WHERE c = $1", &[1]), of("SELECT a FROM b WHERE c = $1", &[2])], "n");
        assert_eq!(
            one.sql,
            "WITH s0 AS (SELECT a FROM b WHERE c = $1), s1 AS (SELECT a FROM b WHERE c = $2) \
             SELECT s0.*, 0 AS n FROM s0 UNION ALL SELECT s1.*, 1 AS n FROM s1"
        );
        assert_eq!(numbers(one), [1_i64, 2].map(Value::from));
    }
}
