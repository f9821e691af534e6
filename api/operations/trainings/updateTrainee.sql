select t.id, t.version, t.given_name, t.family_name, t.email, t.is_purged, t.is_fictitious, t.created_at, t.updated_at
from training.update_trainee(:id, :if_match, :body) t
