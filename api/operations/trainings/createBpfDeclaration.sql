select d.id, d.version, d.year, d.starts_on, d.ends_on, d.body_name, d.siret, d.nda, d.address,
    d.has_remote_training, d.turnover_cents, d.charges_cents, d.trainers_pay_cents,
    d.purchased_training_cents, d.filed_at, d.created_at, d.updated_at
from training.create_declaration(:body) d
