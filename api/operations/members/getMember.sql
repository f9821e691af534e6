-- One member as of a day.
select m.id, m.version, m.siret, m.siren, m.name, m.brand, m.kind, m.is_siae, m.status, m.suspended,
    m.organisation_id, m.legal_name, m.legal_category, m.rna, m.local_register_ref, m.idcc, m.nda, m.previous_nda,
    m.opco_code, m.naf, m.naf_version, m.siret_at_agreement, m.commune_code, m.commune_name, m.department_code,
    m.region_code, m.delegation_id, m.delegation_name, m.out_of_region, m.group_id, m.joined_on, m.left_on,
    m.first_joined_on, m.address, m.postal_code, m.latitude, m.longitude, m.email, m.phone, m.website,
    m.description, m.public_listing_consent, m.warnings, m.created_at, m.updated_at
    , case when 'delegation' = any (:include) then network.included_delegation(m.delegation_id) end as delegation  --? include
    , case when 'memberships' = any (:include) then network.included_memberships(m.id) end as memberships          --? include
from network.member_at(:as_of) m       --? as_of
from network.member_today() m          --? !as_of
where m.id = :id
