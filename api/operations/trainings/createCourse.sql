select c.id, c.version, c.code, c.title, c.objectives, c.prerequisites, c.audience, c.programme_text, c.methods,
    c.assessment, c.disability_access, c.contact_email, c.duration_minutes, c.modality, c.access_delay_days,
    c.price_member_cents, c.price_other_cents, c.nsf_code, c.bpf_objective, c.certification_ref,
    c.is_published, to_jsonb(training.missing_public_information(c)) as missing_public_information,
    c.starts_on, c.ends_on, c.created_at, c.updated_at
from training.create_course(:body) c
