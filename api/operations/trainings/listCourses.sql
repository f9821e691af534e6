-- The catalogue; without a key what is published and offered today (row-level security).
select c.id, c.version, c.code, c.title, c.objectives, c.prerequisites, c.audience, c.programme_text, c.methods,
    c.assessment, c.disability_access, c.contact_email, c.duration_minutes, c.modality, c.access_delay_days,
    c.price_member_cents, c.price_other_cents, c.nsf_code, c.bpf_objective, c.certification_ref,
    c.is_published, to_jsonb(training.missing_public_information(c)) as missing_public_information,
    c.starts_on, c.ends_on, c.created_at, c.updated_at
from training.course c
where true
    and (reference.search_words(c.title) @@ reference.search_query(:q) or c.code ilike '%' || :q || '%')  --? q
    and c.modality = any (:modality)                                                                      --? modality
    and c.code = :code                                                                                    --? code
    and c.starts_on <= :as_of and (c.ends_on is null or :as_of <= c.ends_on)                              --? as_of
    and c.is_published = :is_published                                                                    --? is_published
