-- The row as the function left it: this statement began before.
select l.id, l.version, l.kind, l.label, l.caller, l.delegation_id, l.member_id, l.created_at, l.updated_at, u.last_read_on,
    l.revoked_at
from calendar.revoke_link(:id) l
left join calendar.link_use u on u.link_id = l.id
