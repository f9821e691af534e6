-- The only time that the address is shown.
select (c.link).id, (c.link).version, (c.link).kind, (c.link).label, (c.link).caller, (c.link).delegation_id, (c.link).member_id,
    (c.link).created_at, (c.link).updated_at, null::date as last_read_on, (c.link).revoked_at,
    :public_url::text || '/v1/calendars/' || c.secret || '.ics' as url
from calendar.create_link(:body) c
