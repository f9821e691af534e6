-- exportDataInclusion: members of today that may be published, by the names of data·inclusion v1 (structures).
select 'coorace--' || m.id as id, 'coorace' as source, m.id as original_id, m.name as nom, m.description,
    (m.updated_at at time zone 'Europe/Paris')::date as date_maj, m.siret, m.commune_name as commune,
    m.postal_code as code_postal, m.commune_code as code_insee, m.address as adresse, m.longitude, m.latitude,
    m.phone as telephone, m.email as courriel, m.website as site_web,
    case when m.is_siae then '["coorace","siae"]' when m.kind = 'EBE' then '["coorace","etcld"]'
         else '["coorace"]' end::json as reseaux_porteurs
from network.member_at(engine.today()) m
where m.status = 'ACTIVE' and m.public_listing_consent and length(m.description) between 50 and 2000
