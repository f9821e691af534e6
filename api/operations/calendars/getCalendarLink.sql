-- Without its address: that is kept nowhere.
select l.id, l.version, l.kind, l.label, l.caller, l.delegation_id, l.member_id, l.created_at, l.updated_at, u.last_read_on,
    l.revoked_at
from calendar.link l left join calendar.link_use u on u.link_id = l.id
where l.id = :id
