//! Links of org identities to people have no rules of their own: that an org identity is of one person says their store
//! (neighbours.md CoOrgIdentityLink).

use crate::{resource::Resource, store::entity::co_org_identity_link::CoOrgIdentityLinks};

impl Resource for CoOrgIdentityLinks {}
