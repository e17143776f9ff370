//! Which method of which resource's service an operation comes to: scopes are about these (D61).

use proto::{
    provisioning::v1::{CoProvisioningRequest, CoProvisioningTarget},
    registry::v1::{ApiUser, Co, CoGroup, CoInvite, CoPerson, HistoryRecord, Identifier},
    table::Table,
};

use super::Operation;

impl Operation {
    /// The method, by the resource that has it.
    #[must_use]
    pub fn method(&self) -> (&'static Table, &'static str) {
        match self {
            Self::List(table) => (table, "List"),
            Self::View(table, _) => (table, "View"),
            Self::Versions(table, _) => (table, "Versions"),
            Self::Add(table) => (table, "Add"),
            Self::Edit(table, _) => (table, "Edit"),
            Self::Delete(table, _) => (table, "Delete"),
            Self::Reply => (Table::of::<CoInvite>(), "Reply"),
            Self::Erase(_) => (Table::of::<CoPerson>(), "Erase"),
            Self::PlanErasure(_) => (Table::of::<CoPerson>(), "PlanErasure"),
            Self::RotateKey(_) => (Table::of::<ApiUser>(), "RotateKey"),
            Self::Assign => (Table::of::<Identifier>(), "Assign"),
            Self::Duplicate(_) => (Table::of::<Co>(), "Duplicate"),
            Self::ReconcileCo => (Table::of::<CoGroup>(), "ReconcileCo"),
            Self::Reconcile(_) => (Table::of::<CoGroup>(), "Reconcile"),
            Self::Provision(_) => (Table::of::<CoProvisioningTarget>(), "Provision"),
            Self::Plan(_) => (Table::of::<CoProvisioningTarget>(), "Plan"),
            Self::Explain(_) => (Table::of::<CoProvisioningTarget>(), "Explain"),
            Self::OfTarget(action, _) => (Table::of::<CoProvisioningTarget>(), action.method()),
            Self::Retry(_) => (Table::of::<CoProvisioningRequest>(), "Retry"),
            Self::Ledger(_) => (Table::of::<CoProvisioningTarget>(), "Ledger"),
            // What happens, as it happens: that is the history.
            Self::Events => (Table::of::<HistoryRecord>(), "List"),
            Self::Differences(_) => (Table::of::<CoProvisioningRequest>(), "Differences"),
        }
    }
}
