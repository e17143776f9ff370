// Cohort's REST API in JSON. Written by `cargo xtask generate`: do not edit.

export interface paths {
    "/ad_hoc_attributes.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View AdHocAttributes
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listAdHocAttributes"];
        put?: never;
        /** Add one AdHocAttribute */
        post: operations["addAdHocAttribute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ad_hoc_attributes/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one AdHocAttribute */
        get: operations["viewAdHocAttribute"];
        /** Edit one AdHocAttribute */
        put: operations["editAdHocAttribute"];
        post?: never;
        /** Delete one AdHocAttribute */
        delete: operations["deleteAdHocAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ad_hoc_attributes/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one AdHocAttribute */
        get: operations["versionsOfAdHocAttribute"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Addresses
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listAddresses"];
        put?: never;
        /** Add one Address */
        post: operations["addAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Address */
        get: operations["viewAddress"];
        /** Edit one Address */
        put: operations["editAddress"];
        post?: never;
        /** Delete one Address */
        delete: operations["deleteAddress"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/addresses/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one Address */
        get: operations["versionsOfAddress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api_users.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View ApiUsers
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listApiUsers"];
        put?: never;
        /** Add one ApiUser */
        post: operations["addApiUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api_users/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one ApiUser */
        get: operations["viewApiUser"];
        /** Edit one ApiUser */
        put: operations["editApiUser"];
        post?: never;
        /** Delete one ApiUser */
        delete: operations["deleteApiUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api_users/{id}/key.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new key; the old one ends */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit_records.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View AuditRecords
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listAuditRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit_records/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one AuditRecord */
        get: operations["viewAuditRecord"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_email_lists.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoEmailLists
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoEmailLists"];
        put?: never;
        /** Add one CoEmailList */
        post: operations["addCoEmailList"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_email_lists/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoEmailList */
        get: operations["viewCoEmailList"];
        /** Edit one CoEmailList */
        put: operations["editCoEmailList"];
        post?: never;
        /** Delete one CoEmailList */
        delete: operations["deleteCoEmailList"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_email_lists/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoEmailList */
        get: operations["versionsOfCoEmailList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_extended_attributes.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoExtendedAttributes
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoExtendedAttributes"];
        put?: never;
        /** Add one CoExtendedAttribute */
        post: operations["addCoExtendedAttribute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_extended_attributes/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoExtendedAttribute */
        get: operations["viewCoExtendedAttribute"];
        /** Edit one CoExtendedAttribute */
        put: operations["editCoExtendedAttribute"];
        post?: never;
        /** Delete one CoExtendedAttribute */
        delete: operations["deleteCoExtendedAttribute"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_extended_types.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoExtendedTypes
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoExtendedTypes"];
        put?: never;
        /** Add one CoExtendedType */
        post: operations["addCoExtendedType"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_extended_types/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoExtendedType */
        get: operations["viewCoExtendedType"];
        /** Edit one CoExtendedType */
        put: operations["editCoExtendedType"];
        post?: never;
        /** Delete one CoExtendedType */
        delete: operations["deleteCoExtendedType"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_group_members.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoGroupMembers
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoGroupMembers"];
        put?: never;
        /** Add one CoGroupMember */
        post: operations["addCoGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_group_members/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoGroupMember */
        get: operations["viewCoGroupMember"];
        /** Edit one CoGroupMember */
        put: operations["editCoGroupMember"];
        post?: never;
        /** Delete one CoGroupMember */
        delete: operations["deleteCoGroupMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_group_members/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoGroupMember */
        get: operations["versionsOfCoGroupMember"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_groups.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoGroups
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoGroups"];
        put?: never;
        /** Add one CoGroup */
        post: operations["addCoGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_groups/reconcile.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Makes the default groups of a CO that are missing */
        put: operations["reconcileCo"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_groups/reconcile/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes the members of an automatic group anew */
        post: operations["reconcileCoGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_groups/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoGroup */
        get: operations["viewCoGroup"];
        /** Edit one CoGroup */
        put: operations["editCoGroup"];
        post?: never;
        /** Delete one CoGroup */
        delete: operations["deleteCoGroup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_groups/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoGroup */
        get: operations["versionsOfCoGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_identifier_assignments.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoIdentifierAssignments
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoIdentifierAssignments"];
        put?: never;
        /** Add one CoIdentifierAssignment */
        post: operations["addCoIdentifierAssignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_identifier_assignments/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoIdentifierAssignment */
        get: operations["viewCoIdentifierAssignment"];
        /** Edit one CoIdentifierAssignment */
        put: operations["editCoIdentifierAssignment"];
        post?: never;
        /** Delete one CoIdentifierAssignment */
        delete: operations["deleteCoIdentifierAssignment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_identifier_assignments/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoIdentifierAssignment */
        get: operations["versionsOfCoIdentifierAssignment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_invites.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Confirms or declines an invitation */
        get: operations["replyCoInvite"];
        put?: never;
        /** Add one CoInvite */
        post: operations["addCoInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_org_identity_links.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoOrgIdentityLinks
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoOrgIdentityLinks"];
        put?: never;
        /** Add one CoOrgIdentityLink */
        post: operations["addCoOrgIdentityLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_org_identity_links/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoOrgIdentityLink */
        get: operations["viewCoOrgIdentityLink"];
        /** Edit one CoOrgIdentityLink */
        put: operations["editCoOrgIdentityLink"];
        post?: never;
        /** Delete one CoOrgIdentityLink */
        delete: operations["deleteCoOrgIdentityLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_org_identity_links/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoOrgIdentityLink */
        get: operations["versionsOfCoOrgIdentityLink"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_people.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoPeople
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoPeople"];
        put?: never;
        /** Add one CoPerson */
        post: operations["addCoPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_people/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoPerson */
        get: operations["viewCoPerson"];
        /** Edit one CoPerson */
        put: operations["editCoPerson"];
        post?: never;
        /** Delete one CoPerson */
        delete: operations["deleteCoPerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_people/{id}/erase.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** Says what erasing a person would take away */
        get: operations["planErasureOfCoPerson"];
        put?: never;
        /** Erases a person: what is known of it, and what was */
        post: operations["eraseCoPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_people/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoPerson */
        get: operations["versionsOfCoPerson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_person_roles.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoPersonRoles
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoPersonRoles"];
        put?: never;
        /** Add one CoPersonRole */
        post: operations["addCoPersonRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_person_roles/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoPersonRole */
        get: operations["viewCoPersonRole"];
        /** Edit one CoPersonRole */
        put: operations["editCoPersonRole"];
        post?: never;
        /** Delete one CoPersonRole */
        delete: operations["deleteCoPersonRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_person_roles/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoPersonRole */
        get: operations["versionsOfCoPersonRole"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_requests.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoProvisioningRequests
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoProvisioningRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_requests/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoProvisioningRequest */
        get: operations["viewCoProvisioningRequest"];
        put?: never;
        post?: never;
        /** Delete one CoProvisioningRequest */
        delete: operations["deleteCoProvisioningRequest"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_requests/{id}/differences.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** Lists what a comparison found */
        get: operations["differences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_requests/{id}/retry.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queues a failed request again */
        post: operations["retryCoProvisioningRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoProvisioningTargets
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoProvisioningTargets"];
        put?: never;
        /** Add one CoProvisioningTarget */
        post: operations["addCoProvisioningTarget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/plan/{id}/{subject}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what would be sent; nothing is */
        post: operations["plan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/provision/{id}/{subject}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Provisions a subject to a target
         * @description The request is on disk before any answer. Without a wish to wait: 202 at once. 500 `Other Error` where it was waited for: the target's message, and whether it will be tried again.
         */
        post: operations["provision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoProvisioningTarget */
        get: operations["viewCoProvisioningTarget"];
        /** Edit one CoProvisioningTarget */
        put: operations["editCoProvisioningTarget"];
        post?: never;
        /** Delete one CoProvisioningTarget */
        delete: operations["deleteCoProvisioningTarget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/compare.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compares a target with the registry */
        post: operations["compare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/drop.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancels what the guard of a target holds */
        post: operations["dropHeld"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/explain/{subject}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        /** Says why a subject is at a target or not */
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/ledger.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** Tells what was accepted for a target, and what became of it */
        get: operations["ledgerOfTarget"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/release.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Lets go what the guard of a target holds */
        post: operations["releaseHeld"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_provisioning_targets/{id}/retry.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queues again what failed at a target */
        post: operations["retryFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_services.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View CoServices
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCoServices"];
        put?: never;
        /** Add one CoService */
        post: operations["addCoService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_services/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one CoService */
        get: operations["viewCoService"];
        /** Edit one CoService */
        put: operations["editCoService"];
        post?: never;
        /** Delete one CoService */
        delete: operations["deleteCoService"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/co_services/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one CoService */
        get: operations["versionsOfCoService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cos.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Cos
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCos"];
        put?: never;
        /** Add one Co */
        post: operations["addCo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cos/duplicate/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a CO with the settings of another one */
        post: operations["duplicateCo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cos/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Co */
        get: operations["viewCo"];
        /** Edit one Co */
        put: operations["editCo"];
        post?: never;
        /** Delete one Co */
        delete: operations["deleteCo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cous.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Cous
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listCous"];
        put?: never;
        /** Add one Cou */
        post: operations["addCou"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cous/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Cou */
        get: operations["viewCou"];
        /** Edit one Cou */
        put: operations["editCou"];
        post?: never;
        /** Delete one Cou */
        delete: operations["deleteCou"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cous/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one Cou */
        get: operations["versionsOfCou"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document as a page */
        get: operations["docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email_addresses.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View EmailAddresses
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listEmailAddresses"];
        put?: never;
        /** Add one EmailAddress */
        post: operations["addEmailAddress"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email_addresses/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one EmailAddress */
        get: operations["viewEmailAddress"];
        /** Edit one EmailAddress */
        put: operations["editEmailAddress"];
        post?: never;
        /** Delete one EmailAddress */
        delete: operations["deleteEmailAddress"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/email_addresses/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one EmailAddress */
        get: operations["versionsOfEmailAddress"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells changes and outcomes as they come */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/history_records.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View HistoryRecords
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listHistoryRecords"];
        put?: never;
        /** Add one HistoryRecord */
        post: operations["addHistoryRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/history_records/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one HistoryRecord */
        get: operations["viewHistoryRecord"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identifiers.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Identifiers
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listIdentifiers"];
        put?: never;
        /** Add one Identifier */
        post: operations["addIdentifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identifiers/assign.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Assigns identifiers by the rules of the CO
         * @description Only `Person` counts, of Type CO or Group. All that the rules say is assigned, or nothing.
         */
        post: operations["assignIdentifiers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identifiers/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Identifier */
        get: operations["viewIdentifier"];
        /** Edit one Identifier */
        put: operations["editIdentifier"];
        post?: never;
        /** Delete one Identifier */
        delete: operations["deleteIdentifier"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/identifiers/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one Identifier */
        get: operations["versionsOfIdentifier"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/names.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Names
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listNames"];
        put?: never;
        /** Add one Name */
        post: operations["addName"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/names/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Name */
        get: operations["viewName"];
        /** Edit one Name */
        put: operations["editName"];
        post?: never;
        /** Delete one Name */
        delete: operations["deleteName"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/names/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one Name */
        get: operations["versionsOfName"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi-3.0.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document in OpenAPI 3.0.3 */
        get: operations["openapi30"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/org_identities.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View OrgIdentities
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listOrgIdentities"];
        put?: never;
        /** Add one OrgIdentity */
        post: operations["addOrgIdentity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/org_identities/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one OrgIdentity */
        get: operations["viewOrgIdentity"];
        /** Edit one OrgIdentity */
        put: operations["editOrgIdentity"];
        post?: never;
        /** Delete one OrgIdentity */
        delete: operations["deleteOrgIdentity"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/org_identities/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one OrgIdentity */
        get: operations["versionsOfOrgIdentity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telephone_numbers.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View TelephoneNumbers
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listTelephoneNumbers"];
        put?: never;
        /** Add one TelephoneNumber */
        post: operations["addTelephoneNumber"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telephone_numbers/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one TelephoneNumber */
        get: operations["viewTelephoneNumber"];
        /** Edit one TelephoneNumber */
        put: operations["editTelephoneNumber"];
        post?: never;
        /** Delete one TelephoneNumber */
        delete: operations["deleteTelephoneNumber"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telephone_numbers/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one TelephoneNumber */
        get: operations["versionsOfTelephoneNumber"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/urls.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * View Urls
         * @description Ordered by id. All filters must hold; one that matches nothing gives an empty list. Without a filter: all that the user has rights on.
         */
        get: operations["listUrls"];
        put?: never;
        /** Add one Url */
        post: operations["addUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/urls/{id}.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View one Url */
        get: operations["viewUrl"];
        /** Edit one Url */
        put: operations["editUrl"];
        post?: never;
        /** Delete one Url */
        delete: operations["deleteUrl"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/urls/{id}/versions.json": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        /** View the versions of one Url */
        get: operations["versionsOfUrl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AdHocAttribute: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPersonRole.
             */
            CoPersonRoleId?: number;
            Created?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            /** Format: int64 */
            Revision?: number;
            Tag?: string;
            Value?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        AdHocAttributeSent: {
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            Tag: string;
            Value?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        AdHocAttributesAnswer: {
            AdHocAttributes: components["schemas"]["AdHocAttribute"][];
            /** @enum {string} */
            ResponseType: "AdHocAttributes";
            /** @enum {string} */
            Version: "1.0";
        };
        AdHocAttributesRequest: {
            AdHocAttributes: components["schemas"]["AdHocAttributeSent"][];
            /** @enum {string} */
            RequestType?: "AdHocAttributes";
            /** @enum {string} */
            Version?: "1.0";
        };
        Address: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPersonRole.
             */
            CoPersonRoleId?: number;
            Country?: string;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** Format: int64 */
            Id: number;
            Language?: string;
            Locality?: string;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            PostalCode?: string;
            /** Format: int64 */
            Revision?: number;
            Room?: string;
            State?: string;
            Street?: string;
            /** @description A type that the CO has defined for Address.type; else one of campus, home, office, postal. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        AddressSent: {
            Country?: string;
            Description?: string;
            Language?: string;
            Locality?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            PostalCode?: string;
            Room?: string;
            State?: string;
            Street?: string;
            /** @description A type that the CO has defined for Address.type; else one of campus, home, office, postal. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        AddressesAnswer: {
            Addresses: components["schemas"]["Address"][];
            /** @enum {string} */
            ResponseType: "Addresses";
            /** @enum {string} */
            Version: "1.0";
        };
        AddressesRequest: {
            Addresses: components["schemas"]["AddressSent"][];
            /** @enum {string} */
            RequestType?: "Addresses";
            /** @enum {string} */
            Version?: "1.0";
        };
        /** @description The keys of AmqpProvisioner. */
        AmqpProvisionerConfiguration: {
            /**
             * Format: pem
             * @description who may vouch for the broker, beside public authorities
             */
            CaCertificates?: string;
            /** @description the exchange to publish to; it must exist */
            Exchange: string;
            /**
             * @description whether messages hold the data or only say which it is
             * @default Full
             * @enum {string}
             */
            Message: "Full" | "Pointer";
            /**
             * Format: password
             * @description the password of that user; a secret
             */
            Password: string;
            /**
             * @description the routing key, where `{co}`, `{kind}` and `{action}` stand for what is published
             * @default {co}.{kind}.{action}
             */
            RoutingKey: string;
            /**
             * Format: uri
             * @description the address of the broker, with a user and a virtual host
             */
            Url: string;
        };
        /** @description The keys of ApiProvisioner. */
        ApiProvisionerConfiguration: {
            /**
             * @description how this server shows who it is
             * @default None
             * @enum {string}
             */
            AuthType: "None" | "Basic" | "Bearer";
            /**
             * Format: pem
             * @description who may vouch for the server, instead of those that this machine trusts
             */
            CaCertificates?: string;
            /**
             * @description whether groups are sent too
             * @default false
             */
            Groups: boolean;
            /** @description the type of identifier that names people there */
            IdentifierType: string;
            /**
             * @description whether messages say all, or only where the registry tells it
             * @default Full
             * @enum {string}
             */
            Message: "Full" | "Pointer";
            /**
             * @description how people are sent
             * @enum {string}
             */
            Mode: "POST" | "PUT";
            /**
             * Format: password
             * @description the password to log in with; required with AuthType Basic; a secret
             */
            Password?: string;
            /**
             * Format: uri
             * @description the address of the server
             */
            ServerUrl: string;
            /**
             * Format: password
             * @description what messages are signed with, as Standard Webhooks has it; a secret
             */
            SigningSecret?: string;
            /**
             * Format: password
             * @description the token to show; required with AuthType Bearer; a secret
             */
            Token?: string;
            /** @description the name to log in with; required with AuthType Basic */
            Username?: string;
        };
        ApiUser: {
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            /** Format: int64 */
            Id: number;
            LastUsed?: string;
            Modified?: string;
            Privileged?: boolean;
            /** @description Ranges of addresses (CIDR) from which it may log in. */
            RemoteIp?: string[];
            Scopes?: string[];
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            Username?: string;
            ValidFrom?: string;
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        ApiUserSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId?: number;
            Privileged?: boolean;
            /** @description Ranges of addresses (CIDR) from which it may log in. */
            RemoteIp?: string[];
            Scopes?: string[];
            /** @enum {string} */
            Status: "Active" | "Suspended";
            Username: string;
            /** @description A time, in UTC or with an offset. */
            ValidFrom?: string;
            /** @description A time, in UTC or with an offset. */
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        ApiUsersAnswer: {
            ApiUsers: components["schemas"]["ApiUser"][];
            /** @enum {string} */
            ResponseType: "ApiUsers";
            /** @enum {string} */
            Version: "1.0";
        };
        ApiUsersRequest: {
            ApiUsers: components["schemas"]["ApiUserSent"][];
            /** @enum {string} */
            RequestType?: "ApiUsers";
            /** @enum {string} */
            Version?: "1.0";
        };
        AuditRecord: {
            Action?: string;
            Actor?: string;
            Address?: string;
            At?: string;
            Changes?: {
                Field: string;
                New?: unknown;
                Old?: unknown;
            }[];
            /** Format: int64 */
            CoId?: number;
            Hash?: string;
            /** Format: int64 */
            Id: number;
            Resource?: string;
            /** Format: int64 */
            ResourceId?: number;
            Source?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        AuditRecordsAnswer: {
            AuditRecords: components["schemas"]["AuditRecord"][];
            /** @enum {string} */
            ResponseType: "AuditRecords";
            /** @enum {string} */
            Version: "1.0";
        };
        /** @description The keys of ChangelogProvisioner. */
        ChangelogProvisionerConfiguration: {
            /** @description the name of the file to write to */
            LogFile: string;
        };
        Co: {
            Created?: string;
            Description?: string;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            Name?: string;
            /** @enum {string} */
            Status?: "Active" | "Suspended" | "Template" | "InTrash";
            /** @enum {string} */
            Version: "1.0";
        };
        CoEmailList: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            AdminsCoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** Format: int64 */
            Id: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            MembersCoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            ModeratorsCoGroupId?: number;
            Modified?: string;
            Name?: string;
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoEmailListSent: {
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            AdminsCoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            Description?: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            MembersCoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            ModeratorsCoGroupId?: number;
            Name: string;
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoEmailListsAnswer: {
            CoEmailLists: components["schemas"]["CoEmailList"][];
            /** @enum {string} */
            ResponseType: "CoEmailLists";
            /** @enum {string} */
            Version: "1.0";
        };
        CoEmailListsRequest: {
            CoEmailLists: components["schemas"]["CoEmailListSent"][];
            /** @enum {string} */
            RequestType?: "CoEmailLists";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoExtendedAttribute: {
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            DisplayName?: string;
            /** Format: int64 */
            Id: number;
            Indx?: boolean;
            Modified?: string;
            Name?: string;
            /** @enum {string} */
            Type?: "INTEGER" | "TIMESTAMP" | "VARCHAR(32)";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedAttributeSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            DisplayName: string;
            Indx?: boolean;
            Name: string;
            /**
             * @description Cannot be changed.
             * @enum {string}
             */
            Type: "INTEGER" | "TIMESTAMP" | "VARCHAR(32)";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedAttributesAnswer: {
            CoExtendedAttributes: components["schemas"]["CoExtendedAttribute"][];
            /** @enum {string} */
            ResponseType: "CoExtendedAttributes";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedAttributesRequest: {
            CoExtendedAttributes: components["schemas"]["CoExtendedAttributeSent"][];
            /** @enum {string} */
            RequestType?: "CoExtendedAttributes";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoExtendedType: {
            Attribute?: string;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            DisplayName?: string;
            Edupersonaffiliation?: string;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            Name?: string;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedTypeSent: {
            /**
             * @description Cannot be changed.
             * @enum {string}
             */
            Attribute: "Address.type" | "CoDepartment.type" | "Contact.type" | "CoPersonRole.affiliation" | "EmailAddress.type" | "Identifier.type" | "Name.type" | "Organization.type" | "TelephoneNumber.type" | "Url.type";
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            DisplayName: string;
            /** @enum {string} */
            Edupersonaffiliation?: "faculty" | "student" | "staff" | "alum" | "member" | "affiliate" | "employee" | "librarywalkin";
            Name: string;
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedTypesAnswer: {
            CoExtendedTypes: components["schemas"]["CoExtendedType"][];
            /** @enum {string} */
            ResponseType: "CoExtendedTypes";
            /** @enum {string} */
            Version: "1.0";
        };
        CoExtendedTypesRequest: {
            CoExtendedTypes: components["schemas"]["CoExtendedTypeSent"][];
            /** @enum {string} */
            RequestType?: "CoExtendedTypes";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoGroup: {
            ActorIdentifier?: string;
            Auto?: boolean;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** @enum {string} */
            GroupType?: "S" | "A" | "AP" | "MA" | "M" | "CL";
            /** Format: int64 */
            Id: number;
            Introduction?: string;
            Modified?: string;
            Name?: string;
            NestingModeAll?: boolean;
            Open?: boolean;
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupMember: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            Created?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            Member?: boolean;
            Modified?: string;
            Owner?: boolean;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /** Format: int64 */
            Revision?: number;
            ValidFrom?: string;
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupMemberSent: {
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId: number;
            Member?: boolean;
            Owner?: boolean;
            /** @description Whose the record is. */
            Person: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /** @description A time, in UTC or with an offset. */
            ValidFrom?: string;
            /** @description A time, in UTC or with an offset. */
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupMembersAnswer: {
            CoGroupMembers: components["schemas"]["CoGroupMember"][];
            /** @enum {string} */
            ResponseType: "CoGroupMembers";
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupMembersRequest: {
            CoGroupMembers: components["schemas"]["CoGroupMemberSent"][];
            /** @enum {string} */
            RequestType?: "CoGroupMembers";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoGroupSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            Description?: string;
            /** @enum {string} */
            GroupType?: "S" | "A" | "AP" | "MA" | "M" | "CL" | "Standard" | "Admins" | "Approvers" | "ActiveMembers" | "AllMembers" | "Cluster";
            Introduction?: string;
            Name: string;
            NestingModeAll?: boolean;
            Open?: boolean;
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupsAnswer: {
            CoGroups: components["schemas"]["CoGroup"][];
            /** @enum {string} */
            ResponseType: "CoGroups";
            /** @enum {string} */
            Version: "1.0";
        };
        CoGroupsRequest: {
            CoGroups: components["schemas"]["CoGroupSent"][];
            /** @enum {string} */
            RequestType?: "CoGroups";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoIdentifierAssignment: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Context?: string;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            Format?: string;
            /** Format: int64 */
            Id: number;
            /** @description A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid. */
            IdentifierType?: string;
            Login?: boolean;
            /** Format: int64 */
            Minimum?: number;
            /** Format: int64 */
            MinimumLength?: number;
            Modified?: string;
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoIdentifierAssignmentSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            /** @enum {string} */
            Context?: "CoPerson" | "CoGroup";
            Description?: string;
            Format: string;
            /** @description A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid. */
            IdentifierType: string;
            Login?: boolean;
            /** Format: int64 */
            Minimum?: number;
            /** Format: int64 */
            MinimumLength?: number;
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
        };
        CoIdentifierAssignmentsAnswer: {
            CoIdentifierAssignments: components["schemas"]["CoIdentifierAssignment"][];
            /** @enum {string} */
            ResponseType: "CoIdentifierAssignments";
            /** @enum {string} */
            Version: "1.0";
        };
        CoIdentifierAssignmentsRequest: {
            CoIdentifierAssignments: components["schemas"]["CoIdentifierAssignmentSent"][];
            /** @enum {string} */
            RequestType?: "CoIdentifierAssignments";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoInviteSent: {
            /** @description Whose the record is. */
            Person: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /** @enum {string} */
            Version: "1.0";
        };
        CoInvitesRequest: {
            CoInvites: components["schemas"]["CoInviteSent"][];
            /** @enum {string} */
            RequestType?: "CoInvites";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoOrgIdentityLink: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            Created?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Version: "1.0";
        };
        CoOrgIdentityLinkSent: {
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId: number;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId: number;
            /** @enum {string} */
            Version: "1.0";
        };
        CoOrgIdentityLinksAnswer: {
            CoOrgIdentityLinks: components["schemas"]["CoOrgIdentityLink"][];
            /** @enum {string} */
            ResponseType: "CoOrgIdentityLinks";
            /** @enum {string} */
            Version: "1.0";
        };
        CoOrgIdentityLinksRequest: {
            CoOrgIdentityLinks: components["schemas"]["CoOrgIdentityLinkSent"][];
            /** @enum {string} */
            RequestType?: "CoOrgIdentityLinks";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoPeopleAnswer: {
            CoPeople: components["schemas"]["CoPerson"][];
            /** @enum {string} */
            ResponseType: "CoPeople";
            /** @enum {string} */
            Version: "1.0";
        };
        CoPeopleRequest: {
            CoPeople: components["schemas"]["CoPersonSent"][];
            /** @enum {string} */
            RequestType?: "CoPeople";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoPerson: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            DateOfBirth?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Status?: "Active" | "Approved" | "Confirmed" | "Declined" | "Deleted" | "Denied" | "Duplicate" | "GracePeriod" | "Invited" | "Locked" | "Pending" | "PendingApproval" | "PendingConfirmation" | "PendingVetting" | "Suspended" | "Expired";
            Timezone?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoPersonRole: {
            ActorIdentifier?: string;
            /** @description A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin. */
            Affiliation?: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            Created?: string;
            Deleted?: boolean;
            /** @description The CO's own attributes, by their names. */
            ExtendedAttributes?: {
                [key: string]: unknown;
            };
            /** Format: int64 */
            Id: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            ManagerCoPersonId?: number;
            Modified?: string;
            O?: string;
            /** Format: int64 */
            Ordr?: number;
            Ou?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /** Format: int64 */
            Revision?: number;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            SourceOrgIdentityId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            SponsorCoPersonId?: number;
            /** @enum {string} */
            Status?: "Active" | "Approved" | "Confirmed" | "Declined" | "Deleted" | "Denied" | "Duplicate" | "GracePeriod" | "Invited" | "Locked" | "Pending" | "PendingApproval" | "PendingConfirmation" | "PendingVetting" | "Suspended" | "Expired";
            Title?: string;
            ValidFrom?: string;
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoPersonRoleSent: {
            /** @description A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin. */
            Affiliation: string;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            /** @description The CO's own attributes, by their names. */
            ExtendedAttributes?: {
                [key: string]: unknown;
            };
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            ManagerCoPersonId?: number;
            O?: string;
            /** Format: int64 */
            Ordr?: number;
            Ou?: string;
            /** @description Whose the record is. */
            Person: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            SourceOrgIdentityId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            SponsorCoPersonId?: number;
            /** @enum {string} */
            Status: "Active" | "Approved" | "Confirmed" | "Declined" | "Deleted" | "Denied" | "Duplicate" | "GracePeriod" | "Invited" | "Pending" | "PendingApproval" | "PendingConfirmation" | "PendingVetting" | "Suspended" | "Expired";
            Title?: string;
            /** @description A time, in UTC or with an offset. */
            ValidFrom?: string;
            /** @description A time, in UTC or with an offset. */
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoPersonRolesAnswer: {
            CoPersonRoles: components["schemas"]["CoPersonRole"][];
            /** @enum {string} */
            ResponseType: "CoPersonRoles";
            /** @enum {string} */
            Version: "1.0";
        };
        CoPersonRolesRequest: {
            CoPersonRoles: components["schemas"]["CoPersonRoleSent"][];
            /** @enum {string} */
            RequestType?: "CoPersonRoles";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoPersonSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            /** Format: date */
            DateOfBirth?: string;
            /** @enum {string} */
            Status: "Active" | "Approved" | "Confirmed" | "Declined" | "Deleted" | "Denied" | "Duplicate" | "GracePeriod" | "Invited" | "Locked" | "Pending" | "PendingApproval" | "PendingConfirmation" | "PendingVetting" | "Suspended" | "Expired";
            Timezone?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        CoProvisioningRequest: {
            Action?: string;
            ActorIdentifier?: string;
            /** Format: int64 */
            Attempts?: number;
            /** Format: int64 */
            CoEmailListId?: number;
            /** Format: int64 */
            CoGroupId?: number;
            /** Format: int64 */
            CoId?: number;
            /** Format: int64 */
            CoPersonId?: number;
            /** Format: int64 */
            CoProvisioningTargetId?: number;
            /** Format: int64 */
            CoServiceId?: number;
            /** Format: int64 */
            CouId?: number;
            Created?: string;
            /** Format: int64 */
            Done?: number;
            Ended?: string;
            EstimatedEnd?: string;
            /** Format: int64 */
            FailedCount?: number;
            /** Format: int64 */
            Id: number;
            LastError?: string;
            Modified?: string;
            NextAttempt?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO";
            };
            /** Format: int64 */
            Rate?: number;
            Started?: string;
            /** @enum {string} */
            Status?: "Queued" | "Running" | "Retrying" | "Succeeded" | "Failed" | "Canceled" | "Held";
            /** Format: int64 */
            Total?: number;
            TraceId?: string;
            /** @enum {string} */
            Version: "1.0";
            /** Format: int64 */
            WaitingCount?: number;
        };
        CoProvisioningRequestsAnswer: {
            CoProvisioningRequests: components["schemas"]["CoProvisioningRequest"][];
            /** @enum {string} */
            ResponseType: "CoProvisioningRequests";
            /** @enum {string} */
            Version: "1.0";
        };
        CoProvisioningTarget: {
            Check?: boolean;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Comparable?: boolean;
            /** Format: int64 */
            Concurrency?: number;
            Configuration?: components["schemas"]["Configuration"];
            Created?: string;
            Description?: string;
            /** Format: int64 */
            Failing?: number;
            /** Format: int64 */
            GuardCount?: number;
            /** Format: int64 */
            GuardShare?: number;
            /** Format: int64 */
            GuardWindow?: number;
            Health?: string;
            HealthSentence?: string;
            /** Format: int64 */
            Held?: number;
            /** Format: int64 */
            Id: number;
            LastSuccess?: string;
            /** Format: int64 */
            MaxRetry?: number;
            Modified?: string;
            OldestWaiting?: string;
            /** Format: int64 */
            Ordr?: number;
            Plugin?: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            ProvisionCoGroupId?: number;
            /** Format: int64 */
            RetryInterval?: number;
            /** Format: int64 */
            SkipOrgIdentitySourceId?: number;
            /** @enum {string} */
            Status?: "A" | "E" | "M" | "Q" | "QE" | "X";
            /** @enum {string} */
            Version: "1.0";
            /** Format: int64 */
            Waiting?: number;
        };
        CoProvisioningTargetSent: {
            Check?: boolean;
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            Configuration?: components["schemas"]["Configuration"];
            Description?: string;
            /** Format: int64 */
            GuardCount?: number;
            /** Format: int64 */
            GuardShare?: number;
            /** Format: int64 */
            GuardWindow?: number;
            /** Format: int64 */
            MaxRetry?: number;
            /** Format: int64 */
            Ordr?: number;
            /** @description Cannot be changed. */
            Plugin: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            ProvisionCoGroupId?: number;
            /** Format: int64 */
            RetryInterval?: number;
            /** Format: int64 */
            SkipOrgIdentitySourceId?: number;
            /** @enum {string} */
            Status: "A" | "E" | "M" | "Q" | "QE" | "X" | "AutomaticMode" | "EnrollmentMode" | "ManualMode" | "QueueMode" | "QueueOnErrorMode" | "Disabled";
            /** @enum {string} */
            Version: "1.0";
        };
        CoProvisioningTargetsAnswer: {
            CoProvisioningTargets: components["schemas"]["CoProvisioningTarget"][];
            /** @enum {string} */
            ResponseType: "CoProvisioningTargets";
            /** @enum {string} */
            Version: "1.0";
        };
        CoProvisioningTargetsRequest: {
            CoProvisioningTargets: components["schemas"]["CoProvisioningTargetSent"][];
            /** @enum {string} */
            RequestType?: "CoProvisioningTargets";
            /** @enum {string} */
            Version?: "1.0";
        };
        CoSent: {
            Description?: string;
            Name: string;
            /** @enum {string} */
            Status: "Active" | "Suspended" | "Template" | "InTrash";
            /** @enum {string} */
            Version: "1.0";
        };
        CoService: {
            ActorIdentifier?: string;
            /** Format: int64 */
            AuthenticatorId?: number;
            /** Format: int64 */
            ClusterId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            ContactEmail?: string;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            EntitlementUri?: string;
            /** Format: int64 */
            Id: number;
            IdentifierType?: string;
            LogoUrl?: string;
            Modified?: string;
            Name?: string;
            /** Format: int64 */
            Revision?: number;
            ServiceLabel?: string;
            ServiceUrl?: string;
            ShortLabel?: string;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
            /** @enum {string} */
            Visibility?: "CoAdmin" | "CoGroupMember" | "CoMember" | "Unauthenticated";
        };
        CoServiceSent: {
            /** Format: int64 */
            AuthenticatorId?: number;
            /** Format: int64 */
            ClusterId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            ContactEmail?: string;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            CouId?: number;
            Description?: string;
            EntitlementUri?: string;
            IdentifierType?: string;
            LogoUrl?: string;
            Name: string;
            ServiceLabel?: string;
            ServiceUrl?: string;
            ShortLabel?: string;
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @enum {string} */
            Version: "1.0";
            /** @enum {string} */
            Visibility: "CoAdmin" | "CoGroupMember" | "CoMember" | "Unauthenticated";
        };
        CoServicesAnswer: {
            CoServices: components["schemas"]["CoService"][];
            /** @enum {string} */
            ResponseType: "CoServices";
            /** @enum {string} */
            Version: "1.0";
        };
        CoServicesRequest: {
            CoServices: components["schemas"]["CoServiceSent"][];
            /** @enum {string} */
            RequestType?: "CoServices";
            /** @enum {string} */
            Version?: "1.0";
        };
        /** @description The keys of the target's plugin. Secrets read back as ********, which written back keeps them. */
        Configuration: components["schemas"]["AmqpProvisionerConfiguration"] | components["schemas"]["ApiProvisionerConfiguration"] | components["schemas"]["ChangelogProvisionerConfiguration"] | components["schemas"]["LdapProvisionerConfiguration"] | components["schemas"]["ScimProvisionerConfiguration"] | components["schemas"]["SqlProvisionerConfiguration"];
        CosAnswer: {
            Cos: components["schemas"]["Co"][];
            /** @enum {string} */
            ResponseType: "Cos";
            /** @enum {string} */
            Version: "1.0";
        };
        CosRequest: {
            Cos: components["schemas"]["CoSent"][];
            /** @enum {string} */
            RequestType?: "Cos";
            /** @enum {string} */
            Version?: "1.0";
        };
        Cou: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            ConfigurationLabels?: string;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** Format: int64 */
            Id: number;
            /** Format: int64 */
            Lft?: number;
            Modified?: string;
            Name?: string;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            ParentId?: number;
            /** Format: int64 */
            Revision?: number;
            /** Format: int64 */
            Rght?: number;
            /** @enum {string} */
            Version: "1.0";
        };
        CouSent: {
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            ConfigurationLabels?: string;
            Description?: string;
            Name: string;
            /**
             * Format: int64
             * @description The id of a Cou.
             */
            ParentId?: number;
            /** @enum {string} */
            Version: "1.0";
        };
        CousAnswer: {
            Cous: components["schemas"]["Cou"][];
            /** @enum {string} */
            ResponseType: "Cous";
            /** @enum {string} */
            Version: "1.0";
        };
        CousRequest: {
            Cous: components["schemas"]["CouSent"][];
            /** @enum {string} */
            RequestType?: "Cous";
            /** @enum {string} */
            Version?: "1.0";
        };
        EmailAddress: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** Format: int64 */
            Id: number;
            Mail?: string;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** Format: int64 */
            Revision?: number;
            /** @description A type that the CO has defined for EmailAddress.type; else one of delivery, forwarding, list, official, personal, preferred, recovery. */
            Type?: string;
            Verified?: boolean;
            /** @enum {string} */
            Version: "1.0";
        };
        EmailAddressSent: {
            Description?: string;
            Mail: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** @description A type that the CO has defined for EmailAddress.type; else one of delivery, forwarding, list, official, personal, preferred, recovery. */
            Type: string;
            Verified?: boolean;
            /** @enum {string} */
            Version: "1.0";
        };
        EmailAddressesAnswer: {
            EmailAddresses: components["schemas"]["EmailAddress"][];
            /** @enum {string} */
            ResponseType: "EmailAddresses";
            /** @enum {string} */
            Version: "1.0";
        };
        EmailAddressesRequest: {
            EmailAddresses: components["schemas"]["EmailAddressSent"][];
            /** @enum {string} */
            RequestType?: "EmailAddresses";
            /** @enum {string} */
            Version?: "1.0";
        };
        /** @description Wrong fields by their columns, or an error: the reason phrase and what to do. */
        ErrorResponse: {
            Error?: string;
            /** @description New, or the id of the path. */
            Id?: string;
            InvalidFields?: {
                [key: string]: string[];
            };
            /** @description Of CoPerson Exists: the CO by its id. */
            Memberships?: {
                [key: string]: string;
            };
            /** @enum {string} */
            ResponseType: "ErrorResponse";
            /** @enum {string} */
            Version: "1.0";
        };
        HistoryRecord: {
            Action?: string;
            /** Format: int64 */
            ActorApiUserId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            ActorCoPersonId?: number;
            /**
             * Format: int64
             * @description The id of a CoEmailList.
             */
            CoEmailListId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            /**
             * Format: int64
             * @description The id of a CoPersonRole.
             */
            CoPersonRoleId?: number;
            /**
             * Format: int64
             * @description The id of a CoService.
             */
            CoServiceId?: number;
            Comment?: string;
            Created?: string;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** @enum {string} */
            Version: "1.0";
        };
        HistoryRecordSent: {
            Action: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            ActorCoPersonId?: number;
            /**
             * Format: int64
             * @description The id of a CoEmailList.
             */
            CoEmailListId?: number;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoPersonRole.
             */
            CoPersonRoleId?: number;
            /**
             * Format: int64
             * @description The id of a CoService.
             */
            CoServiceId?: number;
            Comment?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** @enum {string} */
            Version: "1.0";
        };
        HistoryRecordsAnswer: {
            HistoryRecords: components["schemas"]["HistoryRecord"][];
            /** @enum {string} */
            ResponseType: "HistoryRecords";
            /** @enum {string} */
            Version: "1.0";
        };
        HistoryRecordsRequest: {
            HistoryRecords: components["schemas"]["HistoryRecordSent"][];
            /** @enum {string} */
            RequestType?: "HistoryRecords";
            /** @enum {string} */
            Version?: "1.0";
        };
        Identifier: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoGroup.
             */
            CoGroupId?: number;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            /** Format: int64 */
            CoProvisioningTargetId?: number;
            Created?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            Identifier?: string;
            Language?: string;
            Login?: boolean;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Group" | "Org";
            };
            /** Format: int64 */
            Revision?: number;
            /** @enum {string} */
            Status?: "Active" | "Suspended";
            /** @description A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        IdentifierSent: {
            /** Format: int64 */
            CoProvisioningTargetId?: number;
            Identifier: string;
            Language?: string;
            Login?: boolean;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Group" | "Org";
            };
            /** @enum {string} */
            Status: "Active" | "Suspended";
            /** @description A type that the CO has defined for Identifier.type; else one of badge, enterprise, entityid, eppn, eptid, epuid, mail, name, national, network, oidcsub, openid, orcid, provisioningtarget, reference, pairwiseid, subjectid, sor-affiliate, sor-guest, sor-hr, sor-student, sorid, uid. */
            Type: string;
            /** @enum {string} */
            Version: "1.0";
        };
        IdentifiersAnswer: {
            Identifiers: components["schemas"]["Identifier"][];
            /** @enum {string} */
            ResponseType: "Identifiers";
            /** @enum {string} */
            Version: "1.0";
        };
        IdentifiersRequest: {
            Identifiers: components["schemas"]["IdentifierSent"][];
            /** @enum {string} */
            RequestType?: "Identifiers";
            /** @enum {string} */
            Version?: "1.0";
        };
        /** @description The keys of LdapProvisioner. */
        LdapProvisionerConfiguration: {
            /**
             * @description whether languages of names and roles are told apart, as `cn;lang-de` and `title;role-7`
             * @default false
             */
            AttributeOptions: boolean;
            /**
             * @description what is written
             * @default [
             *       {
             *         "Attribute": "cn"
             *       },
             *       {
             *         "Attribute": "sn"
             *       },
             *       {
             *         "Attribute": "givenName"
             *       },
             *       {
             *         "Attribute": "displayName"
             *       },
             *       {
             *         "Attribute": "mail"
             *       },
             *       {
             *         "Attribute": "uid"
             *       },
             *       {
             *         "Attribute": "employeeNumber"
             *       },
             *       {
             *         "Attribute": "title"
             *       },
             *       {
             *         "Attribute": "o"
             *       },
             *       {
             *         "Attribute": "ou"
             *       },
             *       {
             *         "Attribute": "employeeType"
             *       }
             *     ]
             */
            Attributes: {
                /**
                 * @description its name in the directory
                 * @enum {string}
                 */
                Attribute: "cn" | "sn" | "givenName" | "displayName" | "mail" | "uid" | "employeeNumber" | "title" | "o" | "ou" | "employeeType" | "telephoneNumber" | "labeledURI" | "eduPersonPrincipalName" | "eduPersonOrcid" | "eduPersonUniqueId" | "eduPersonAffiliation" | "eduPersonScopedAffiliation" | "isMemberOf" | "voPersonID" | "voPersonExternalID" | "voPersonApplicationUID" | "voPersonAuthorName" | "voPersonAffiliation" | "voPersonVerifiedEmail" | "voPersonStatus";
                /**
                 * @description whether it is written
                 * @default true
                 */
                Export: boolean;
                /** @description the type of name, address, number or identifier that is taken */
                Type?: string;
                /**
                 * @description whether the org identities' identifiers, `title`, `o`, `ou` and affiliation are taken
                 * @default false
                 */
                UseOrgValue: boolean;
            }[];
            /** @description the entry that people stand below */
            BaseDn: string;
            /** @description the entry to log in as */
            BindDn: string;
            /**
             * Format: pem
             * @description who may vouch for the directory, instead of those that this machine trusts
             */
            CaCertificates?: string;
            /** @description the attribute that names people */
            DnAttributeName: string;
            /** @description the type of identifier that is its value */
            DnIdentifierType: string;
            /** @description the entry that groups stand below; without it groups are not written */
            GroupBaseDn?: string;
            /**
             * @description what the entry of a group is
             * @default groupOfNames
             * @enum {string}
             */
            GroupObjectClass: "groupOfNames" | "groupOfUniqueNames" | "posixGroup";
            /**
             * @description whether `pwdAccountLockedTime` is set for who is suspended or expired, and taken away otherwise
             * @default false
             */
            LockAttribute: boolean;
            /**
             * Format: password
             * @description its password; a secret
             */
            Password: string;
            /**
             * @description what the entry of a person is
             * @default [
             *       "inetOrgPerson"
             *     ]
             */
            PersonObjectClasses: string[];
            /** @description what follows the @ of scoped attributes */
            ScopeSuffix?: string;
            /**
             * Format: uri
             * @description the address of the directory
             */
            ServerUrl: string;
            /**
             * @description whether TLS begins on a plain connection
             * @default false
             */
            StartTls: boolean;
            /**
             * @description what becomes of attributes that could be written and are not
             * @default Ignore
             * @enum {string}
             */
            UnconfiguredAttributes: "Ignore" | "Remove";
        };
        Name: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            Created?: string;
            Deleted?: boolean;
            Family?: string;
            Given?: string;
            Honorific?: string;
            /** Format: int64 */
            Id: number;
            Language?: string;
            Middle?: string;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            PrimaryName?: boolean;
            /** Format: int64 */
            Revision?: number;
            Suffix?: string;
            /** @description A type that the CO has defined for Name.type; else one of alternate, author, fka, official, preferred. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        NameSent: {
            Family?: string;
            Given: string;
            Honorific?: string;
            Language?: string;
            Middle?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            PrimaryName?: boolean;
            Suffix?: string;
            /** @description A type that the CO has defined for Name.type; else one of alternate, author, fka, official, preferred. */
            Type: string;
            /** @enum {string} */
            Version: "1.0";
        };
        NamesAnswer: {
            Names: components["schemas"]["Name"][];
            /** @enum {string} */
            ResponseType: "Names";
            /** @enum {string} */
            Version: "1.0";
        };
        NamesRequest: {
            Names: components["schemas"]["NameSent"][];
            /** @enum {string} */
            RequestType?: "Names";
            /** @enum {string} */
            Version?: "1.0";
        };
        NewApiUser: {
            ApiKey: string;
            Id: string;
            ObjectType: string;
            /** @enum {string} */
            ResponseType: "NewObject";
            Username: string;
            /** @enum {string} */
            Version: "1.0";
        };
        NewObject: {
            Id: string;
            ObjectType: string;
            /** @enum {string} */
            ResponseType: "NewObject";
            /** @enum {string} */
            Version: "1.0";
        };
        OrgIdentitiesAnswer: {
            OrgIdentities: components["schemas"]["OrgIdentity"][];
            /** @enum {string} */
            ResponseType: "OrgIdentities";
            /** @enum {string} */
            Version: "1.0";
        };
        OrgIdentitiesRequest: {
            OrgIdentities: components["schemas"]["OrgIdentitySent"][];
            /** @enum {string} */
            RequestType?: "OrgIdentities";
            /** @enum {string} */
            Version?: "1.0";
        };
        OrgIdentity: {
            ActorIdentifier?: string;
            /** @description A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin. */
            Affiliation?: string;
            /**
             * Format: int64
             * @description The id of a Co.
             */
            CoId?: number;
            Created?: string;
            DateOfBirth?: string;
            Deleted?: boolean;
            /** Format: int64 */
            Id: number;
            ManagerIdentifier?: string;
            Modified?: string;
            O?: string;
            Ou?: string;
            /** Format: int64 */
            Revision?: number;
            SponsorIdentifier?: string;
            /** @enum {string} */
            Status?: "RM" | "SY";
            Title?: string;
            ValidFrom?: string;
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        OrgIdentitySent: {
            /** @description A type that the CO has defined for CoPersonRole.affiliation; else one of faculty, student, staff, alum, member, affiliate, employee, librarywalkin. */
            Affiliation?: string;
            /**
             * Format: int64
             * @description The id of a Co. Cannot be changed.
             */
            CoId: number;
            /** Format: date */
            DateOfBirth?: string;
            ManagerIdentifier?: string;
            O?: string;
            Ou?: string;
            SponsorIdentifier?: string;
            /** @enum {string} */
            Status?: "RM" | "SY" | "Removed" | "Synced";
            Title?: string;
            /** @description A time, in UTC or with an offset. */
            ValidFrom?: string;
            /** @description A time, in UTC or with an offset. */
            ValidThrough?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        RecordVersions: {
            /** @description The newest first. */
            RecordVersions: {
                ActorIdentifier?: string;
                Changes?: {
                    Field: string;
                    New?: unknown;
                    Old?: unknown;
                }[];
                Deleted?: boolean;
                From?: string;
                Revision: number;
                /** @description Absent: it still is. */
                Through?: string;
                /** @enum {string} */
                Version?: "1.0";
            }[];
            /** @enum {string} */
            ResponseType: "RecordVersions";
            /** @enum {string} */
            Version: "1.0";
        };
        /** @description The keys of ScimProvisioner. */
        ScimProvisionerConfiguration: {
            /**
             * @description how this server shows who it is
             * @default Bearer
             * @enum {string}
             */
            AuthType: "Bearer" | "Basic" | "OAuth2";
            /**
             * Format: uri
             * @description the address that /Users stands below
             */
            BaseUrl: string;
            /**
             * Format: pem
             * @description who may vouch for the servers, instead of those that this machine trusts
             */
            CaCertificates?: string;
            /** @description the client that gets tokens; required with AuthType OAuth2 */
            ClientId?: string;
            /**
             * Format: password
             * @description its secret; required with AuthType OAuth2; a secret
             */
            ClientSecret?: string;
            /**
             * @description whether groups are kept there too
             * @default false
             */
            Groups: boolean;
            /**
             * Format: password
             * @description the password to log in with; required with AuthType Basic; a secret
             */
            Password?: string;
            /**
             * @description whether PATCH is used where the server says that it has it
             * @default Auto
             * @enum {string}
             */
            Patch: "Auto" | "Never";
            /**
             * Format: password
             * @description the token to show; required with AuthType Bearer; a secret
             */
            Token?: string;
            /**
             * Format: uri
             * @description where tokens are got with client credentials; required with AuthType OAuth2
             */
            TokenUrl?: string;
            /** @description the type of identifier that is userName */
            UserNameIdentifierType: string;
            /** @description the name to log in with; required with AuthType Basic */
            Username?: string;
        };
        /** @description The keys of SqlProvisioner. */
        SqlProvisionerConfiguration: {
            /**
             * Format: pem
             * @description who may vouch for the server, beside public authorities
             */
            CaCertificates?: string;
            /**
             * Format: password
             * @description the password of that user; SQLite has none; a secret
             */
            Password?: string;
            /**
             * @description what the names of tables begin with
             * @default sp_
             */
            TablePrefix: string;
            /**
             * @description whether the server must show a certificate for its name
             * @default Require
             * @enum {string}
             */
            Tls: "Require" | "Never";
            /**
             * Format: uri
             * @description the address of the database, with a user and a database's name; of SQLite, the name of a file
             */
            Url: string;
        };
        TelephoneNumber: {
            ActorIdentifier?: string;
            AreaCode?: string;
            /**
             * Format: int64
             * @description The id of a CoPersonRole.
             */
            CoPersonRoleId?: number;
            CountryCode?: string;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            Extension?: string;
            /** Format: int64 */
            Id: number;
            Modified?: string;
            Number?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            /** Format: int64 */
            Revision?: number;
            /** @description A type that the CO has defined for TelephoneNumber.type; else one of campus, fax, home, mobile, office. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        TelephoneNumberSent: {
            AreaCode?: string;
            CountryCode?: string;
            Description?: string;
            Extension?: string;
            Number: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CoRole" | "Org";
            };
            /** @description A type that the CO has defined for TelephoneNumber.type; else one of campus, fax, home, mobile, office. */
            Type?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        TelephoneNumbersAnswer: {
            /** @enum {string} */
            ResponseType: "TelephoneNumbers";
            TelephoneNumbers: components["schemas"]["TelephoneNumber"][];
            /** @enum {string} */
            Version: "1.0";
        };
        TelephoneNumbersRequest: {
            /** @enum {string} */
            RequestType?: "TelephoneNumbers";
            TelephoneNumbers: components["schemas"]["TelephoneNumberSent"][];
            /** @enum {string} */
            Version?: "1.0";
        };
        Url: {
            ActorIdentifier?: string;
            /**
             * Format: int64
             * @description The id of a CoPerson.
             */
            CoPersonId?: number;
            Created?: string;
            Deleted?: boolean;
            Description?: string;
            /** Format: int64 */
            Id: number;
            Language?: string;
            Modified?: string;
            /**
             * Format: int64
             * @description The id of a OrgIdentity.
             */
            OrgIdentityId?: number;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** Format: int64 */
            Revision?: number;
            /** @description A type that the CO has defined for Url.type; else one of official, personal. */
            Type?: string;
            Url?: string;
            /** @enum {string} */
            Version: "1.0";
        };
        UrlSent: {
            Description?: string;
            Language?: string;
            /** @description Whose the record is. */
            Person?: {
                /** Format: int64 */
                Id: number;
                /** @enum {string} */
                Type: "CO" | "Org";
            };
            /** @description A type that the CO has defined for Url.type; else one of official, personal. */
            Type: string;
            Url: string;
            /** @enum {string} */
            Version: "1.0";
        };
        UrlsAnswer: {
            /** @enum {string} */
            ResponseType: "Urls";
            Urls: components["schemas"]["Url"][];
            /** @enum {string} */
            Version: "1.0";
        };
        UrlsRequest: {
            /** @enum {string} */
            RequestType?: "Urls";
            Urls: components["schemas"]["UrlSent"][];
            /** @enum {string} */
            Version?: "1.0";
        };
    };
    responses: {
        /** @description Says what is wrong. */
        Error: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorResponse"];
            };
        };
    };
    parameters: {
        /** @description Only records with a greater id. */
        after: number;
        /** @description As it was at the end of this second. */
        asOf: string;
        /** @description The id of the record. */
        id: number;
        /** @description Done once within a day, however often it is sent with this key. */
        idempotencyKey: string;
        /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
        ifMatch: string;
        /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
        ifNoneMatch: string;
        /** @description At most so many; more are announced by Link. */
        limit: number;
    };
    requestBodies: never;
    headers: {
        /** @description The methods that the path takes. */
        Allow: string;
        /** @description The tag of what is stored of the record, the same in both formats. */
        ETag: string;
        /** @description With limit, where there are more: the next page, rel="next". */
        Link: string;
        /** @description The monitor of the provisioning request. */
        Location: string;
        /** @description In how many seconds to ask again. */
        "Retry-After": string;
        /** @description Basic, where there is no login or a wrong one. */
        "WWW-Authenticate": string;
        /** @description The client's own if it sent one, else one that was made; it is in the server's log lines. */
        "X-Request-Id": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAdHocAttributes: {
        parameters: {
            query?: {
                /** @description By CoPersonRoleId. */
                copersonroleid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdHocAttributesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addAdHocAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdHocAttributesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewAdHocAttribute: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdHocAttributesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editAdHocAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdHocAttributesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteAdHocAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfAdHocAttribute: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAddresses: {
        parameters: {
            query?: {
                /** @description By CoPersonRoleId. */
                copersonroleid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewAddress: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfAddress: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listApiUsers: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiUsersAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addApiUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiUsersRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiUser"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewApiUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiUsersAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editApiUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiUsersRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteApiUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: the new key, shown this once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiUser"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listAuditRecords: {
        parameters: {
            query?: {
                /** @description By Source. */
                source?: string;
                /** @description By Actor. */
                actor?: string;
                /** @description By Action. */
                action?: string;
                /** @description By Resource. */
                resource?: string;
                /** @description By ResourceId. */
                resourceid?: number;
                /** @description By CoId. */
                coid?: number;
                /** @description Not written before this time. */
                from?: string;
                /** @description Not written after this second. */
                through?: string;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecordsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewAuditRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRecordsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listCoEmailLists: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoEmailListsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoEmailList: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoEmailListsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoEmailList: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoEmailListsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoEmailList: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoEmailListsRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoEmailList: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoEmailList: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoExtendedAttributes: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoExtendedAttributesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoExtendedAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoExtendedAttributesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoExtendedAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoExtendedAttributesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoExtendedAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoExtendedAttributesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoExtendedAttribute: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listCoExtendedTypes: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoExtendedTypesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoExtendedType: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoExtendedTypesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoExtendedType: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoExtendedTypesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoExtendedType: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoExtendedTypesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoExtendedType: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listCoGroupMembers: {
        parameters: {
            query?: {
                /** @description By CoGroupId. */
                cogroupid?: number;
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By Owner. */
                owner?: boolean;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoGroupMembersAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoGroupMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoGroupMembersRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoGroupMember: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoGroupMembersAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoGroupMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoGroupMembersRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoGroupMember: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoGroupMember: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoGroups: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description An identifier contains this, in any case. Without limit, those of which one is this come first. */
                "search.identifier"?: string;
                /** @description An identifier is this. */
                "search.identifier.equals"?: string;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoGroupsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoGroupsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    reconcileCo: {
        parameters: {
            query: {
                /** @description The CO. */
                coid: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoGroupsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    reconcileCoGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoGroup: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoGroupsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoGroupsRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoGroup: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoIdentifierAssignments: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoIdentifierAssignmentsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoIdentifierAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoIdentifierAssignmentsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoIdentifierAssignment: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoIdentifierAssignmentsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoIdentifierAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoIdentifierAssignmentsRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoIdentifierAssignment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoIdentifierAssignment: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    replyCoInvite: {
        parameters: {
            query: {
                /** @description The secret that was mailed. */
                inviteid: string;
                /** @description What the person says. */
                reply: "confirm" | "decline";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted: the invitation was answered. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    addCoInvite: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoInvitesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoOrgIdentityLinks: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoOrgIdentityLinksAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoOrgIdentityLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoOrgIdentityLinksRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoOrgIdentityLink: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoOrgIdentityLinksAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoOrgIdentityLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoOrgIdentityLinksRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoOrgIdentityLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoOrgIdentityLink: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoPeople: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description An identifier contains this, in any case. Without limit, those of which one is this come first. */
                "search.identifier"?: string;
                /** @description An identifier is this. */
                "search.identifier.equals"?: string;
                /** @description An address is this one. */
                "search.mail"?: string;
                /** @description A given name begins with this, at least three characters. */
                given?: string;
                /** @description A family name begins with this, at least three characters. */
                family?: string;
                /** @description An address begins with this, at least three characters, in any case. */
                mail?: string;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoPeopleAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoPerson: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoPeopleRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoPerson: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoPeopleAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoPerson: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoPeopleRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoPerson: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    planErasureOfCoPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: `CoPersonErasure`, the numbers of rows that would go. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        HistoryRecords?: number;
                        Id?: number;
                        Records?: number;
                        Versions?: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    eraseCoPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: `CoPersonErasure`, the numbers of rows that went. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        HistoryRecords?: number;
                        Id?: number;
                        Records?: number;
                        Versions?: number;
                    };
                };
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoPerson: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoPersonRoles: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By CouId. */
                couid?: number;
                /** @description By Affiliation. */
                affiliation?: string;
                /** @description By Status. */
                status?: "Active" | "Approved" | "Confirmed" | "Declined" | "Deleted" | "Denied" | "Duplicate" | "GracePeriod" | "Invited" | "Locked" | "Pending" | "PendingApproval" | "PendingConfirmation" | "PendingVetting" | "Suspended" | "Expired";
                /** @description By SponsorCoPersonId. */
                sponsor_copersonid?: number;
                /** @description By ManagerCoPersonId. */
                manager_copersonid?: number;
                /** @description By Modified. */
                modified_since?: string;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoPersonRolesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoPersonRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoPersonRolesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoPersonRole: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoPersonRolesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoPersonRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoPersonRolesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoPersonRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoPersonRole: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoProvisioningRequests: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description By CoProvisioningTargetId. */
                coprovisioningtargetid?: number;
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By CoGroupId. */
                cogroupid?: number;
                /** @description By CoEmailListId. */
                coemaillistid?: number;
                /** @description By CoServiceId. */
                coserviceid?: number;
                /** @description By CouId. */
                couid?: number;
                /** @description By Status. */
                status?: "Queued" | "Running" | "Retrying" | "Succeeded" | "Failed" | "Canceled" | "Held";
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoProvisioningRequestsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoProvisioningRequest: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoProvisioningRequestsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoProvisioningRequest: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    differences: {
        parameters: {
            query?: {
                /** @description At most so many. */
                limit?: number;
                /** @description What comes after this difference. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: `CoProvisioningDifferences`, paged. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    retryCoProvisioningRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: the request and its monitor */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoProvisioningTargets: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoProvisioningTargetsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoProvisioningTarget: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoProvisioningTargetsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    plan: {
        parameters: {
            query?: {
                /** @description Of a COU or a CO: at most so many. */
                limit?: number;
                /** @description Of a COU or a CO: what comes after this subject, `copersonid:42`. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: `CoProvisioningPlans`, one for each subject. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    provision: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
                /** @description wait=N: wait for the result, up to so many seconds. */
                Prefer?: string;
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    RequestType?: string;
                    /** @description Wait for the result, up to the server's limit. */
                    Synchronous?: boolean;
                    Version?: string;
                };
            };
        };
        responses: {
            /** @description OK: it was waited for, and done. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Accepted: the request and its monitor */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoProvisioningTarget: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoProvisioningTargetsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoProvisioningTarget: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoProvisioningTargetsRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoProvisioningTarget: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    compare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Remove what this target wrote and is not to be there. */
                    RemoveExtra?: boolean;
                    /** @description Make requests for what is missing or different. */
                    Repair?: boolean;
                };
            };
        };
        responses: {
            /** @description Accepted: the comparison and its monitor */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    dropHeld: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: `Count` requests. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    explain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
                /** @description What is meant, and its id; couid is everyone with a role in a COU, coid everything in a CO. */
                subject: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK: `CoProvisioningExplanations`, of one subject. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    ledgerOfTarget: {
        parameters: {
            query?: {
                /** @description The first number that counts; absent: the first that is kept. */
                from?: number;
                /** @description The last number that counts; absent: the last that was given. */
                to?: number;
                /** @description The entries too. */
                entries?: boolean;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. The counts add up to `Accepted`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    releaseHeld: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted: `Count` requests. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    retryFailed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Only what has this text in its `LastError`. */
                    Error?: string;
                };
            };
        };
        responses: {
            /** @description Accepted: `Count` requests. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCoServices: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoServicesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCoService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoServicesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCoService: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CoServicesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCoService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CoServicesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCoService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCoService: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listCos: {
        parameters: {
            query?: {
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CosAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCo: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CosRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    duplicateCo: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Added: the copy */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCo: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CosAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCo: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CosRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCo: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listCous: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CousAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addCou: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CousRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewCou: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CousAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editCou: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CousRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteCou: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfCou: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listEmailAddresses: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailAddressesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addEmailAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailAddressesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewEmailAddress: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmailAddressesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editEmailAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmailAddressesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteEmailAddress: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfEmailAddress: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description Only of this CO. */
                coid?: string;
                /** @description Only at this target. */
                coprovisioningtargetid?: string;
                /** @description Only `change`, or only `outcome`. */
                kind?: string;
            };
            header?: {
                /** @description Reads on after this event. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. Each event has `id`, `event` (`change` or `outcome`) and `data`, one line of JSON. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listHistoryRecords: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryRecordsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addHistoryRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HistoryRecordsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewHistoryRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryRecordsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    listIdentifiers: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By CoGroupId. */
                cogroupid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentifiersAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addIdentifier: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentifiersRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    assignIdentifiers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    Identifiers: {
                        Person: {
                            /** Format: int64 */
                            Id: number;
                            /** @enum {string} */
                            Type: "CO" | "Group";
                        };
                        Version?: string;
                    }[];
                    RequestType?: string;
                    Version?: string;
                };
            };
        };
        responses: {
            /** @description OK, also where nothing was left to assign. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    viewIdentifier: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IdentifiersAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editIdentifier: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IdentifiersRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteIdentifier: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfIdentifier: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listNames: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addName: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewName: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editName: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteName: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfName: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    openapi30: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listOrgIdentities: {
        parameters: {
            query?: {
                /** @description By CoId. */
                coid?: number;
                /** @description An identifier contains this, in any case. Without limit, those of which one is this come first. */
                "search.identifier"?: string;
                /** @description An identifier is this. */
                "search.identifier.equals"?: string;
                /** @description An address is this one. */
                "search.mail"?: string;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgIdentitiesAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addOrgIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrgIdentitiesRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewOrgIdentity: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrgIdentitiesAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editOrgIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrgIdentitiesRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteOrgIdentity: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfOrgIdentity: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listTelephoneNumbers: {
        parameters: {
            query?: {
                /** @description By CoPersonRoleId. */
                copersonroleid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelephoneNumbersAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addTelephoneNumber: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TelephoneNumbersRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewTelephoneNumber: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelephoneNumbersAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editTelephoneNumber: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TelephoneNumbersRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteTelephoneNumber: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfTelephoneNumber: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    listUrls: {
        parameters: {
            query?: {
                /** @description By CoPersonId. */
                copersonid?: number;
                /** @description By OrgIdentityId. */
                orgidentityid?: number;
                /** @description Of this CO. */
                coid?: number;
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only records with a greater id. */
                after?: components["parameters"]["after"];
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UrlsAnswer"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    addUrl: {
        parameters: {
            query?: never;
            header?: {
                /** @description Done once within a day, however often it is sent with this key. */
                "Idempotency-Key"?: components["parameters"]["idempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UrlsRequest"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewObject"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
    viewUrl: {
        parameters: {
            query?: {
                /** @description As it was at the end of this second. */
                as_of?: components["parameters"]["asOf"];
            };
            header?: {
                /** @description Do not show it again if it has one of these tags: 304. Ignored where fields are computed. */
                "If-None-Match"?: components["parameters"]["ifNoneMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UrlsAnswer"];
                };
            };
            /** @description Not Modified */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    editUrl: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UrlsRequest"];
            };
        };
        responses: {
            /** @description OK: done, or nothing was to be changed. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    deleteUrl: {
        parameters: {
            query?: never;
            header?: {
                /** @description Do it only if the record has one of these tags; * is any record that there is. Otherwise 412. */
                "If-Match"?: components["parameters"]["ifMatch"];
            };
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. No body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Error"];
        };
    };
    versionsOfUrl: {
        parameters: {
            query?: {
                /** @description At most so many; more are announced by Link. */
                limit?: components["parameters"]["limit"];
                /** @description Only lower revisions. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description The id of the record. */
                id: components["parameters"]["id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordVersions"];
                };
            };
            default: components["responses"]["Error"];
        };
    };
}
