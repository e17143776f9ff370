//! Ids as columns and parameters.

use sea_orm::{
    ColIdx, DbErr, IntoActiveValue, QueryResult, Set, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};

use crate::domain::ids::{RequestId, TargetId};

/// Reads and writes ids as the numbers that they are in the tables.
macro_rules! columns {
    ($($name:ident),* $(,)?) => {
        $(
            impl From<$name> for Value {
                fn from(id: $name) -> Self {
                    id.0.into()
                }
            }

            impl TryGetable for $name {
                fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                    i64::try_get_by(row, column).map(Self)
                }
            }

            impl ValueType for $name {
                fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                    <i64 as ValueType>::try_from(value).map(Self)
                }

                fn type_name() -> String {
                    stringify!($name).to_owned()
                }

                fn array_type() -> ArrayType {
                    i64::array_type()
                }

                fn column_type() -> ColumnType {
                    i64::column_type()
                }
            }

            impl Nullable for $name {
                fn null() -> Value {
                    i64::null()
                }
            }

            impl IntoActiveValue<$name> for $name {
                fn into_active_value(self) -> sea_orm::ActiveValue<$name> {
                    Set(self)
                }
            }

            impl TryFromU64 for $name {
                fn try_from_u64(number: u64) -> Result<Self, DbErr> {
                    i64::try_from_u64(number).map(Self)
                }
            }
        )*
    };
}

columns!(TargetId, RequestId);
