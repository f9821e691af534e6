select t.id, t.version, t.code, t.kind, t.given_name, t.family_name, t.email, t.organisation_name, t.nda,
    t.contract_ref, t.specialities, t.starts_on, t.ends_on, t.is_fictitious, t.created_at, t.updated_at
from training.trainers t
where true
    and t.kind = any (:kind)                                                                        --? kind
    and coalesce(t.starts_on, '-infinity') <= :as_of and :as_of <= coalesce(t.ends_on, 'infinity')  --? as_of
