-- Members as of a day; whoever calls sees those of the own territory (row-level security).
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
where true
    and m.search @@ reference.search_query(:q)                                              --? q
    and m.kind = any (:kind)                                                                --? kind
    and m.kind = any (report.kinds_of(:report_group, coalesce(:as_of, engine.today())))     --? report_group
    and m.region_code = any (:region)                                                       --? region
    and m.department_code = any (:department)                                               --? department
    and m.delegation_id = any (:delegation)                                                 --? delegation
    and m.group_id = :group                                                                 --? group
    and m.status = any (:status)                                                            --? status
    and m.siret = identifier.normal('SIRET', :siret)                                        --? siret
    and m.joined_on >= :joined_on_gte                                                       --? joined_on_gte
    and m.joined_on <= :joined_on_lte                                                       --? joined_on_lte
    and m.updated_at >= :updated_at_gte                                                     --? updated_at_gte
    and m.out_of_region = :out_of_region                                                    --? out_of_region
