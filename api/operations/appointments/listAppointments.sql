-- Mandates and posts; with as_of those that run on that day, else all.
select a.id, a.version, a.person_id, a.given_name, a.family_name, a.is_fictitious, a.nature, a.body, a.role,
    a.label, a.college, a.unit, a.delegation_id, a.delegation_name, a.full_time_percent, a.elected_on, a.starts_on,
    a.ends_on, a.email, a.phone, a.created_at, a.updated_at
from network.appointments a
where true
    and a.starts_on <= :as_of and (a.ends_on is null or a.ends_on >= :as_of)                --? as_of
    and a.nature = any (:nature)                                                            --? nature
    and a.body = any (:in_body)                                                             --? in_body
    and a.delegation_id = any (:delegation)                                                 --? delegation
    and a.person_id = :person                                                               --? person
    and reference.search_words(a.given_name || ' ' || a.family_name) @@ reference.search_query(:q)  --? q
