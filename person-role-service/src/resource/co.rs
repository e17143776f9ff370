//! COs have no rules of their own: whose they are says their store, what goes with one its consequences.

use crate::{resource::Resource, store::entity::co::Cos};

impl Resource for Cos {}
