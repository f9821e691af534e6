-- A structure sees of other readers only that its own records were shown: the rest of the answer is not its business.
select t.id, t.occurred_at, t.caller, t.key_id, k.label as key_label, t.delegation_id, t.member_id, t.operation,
    t.record_type, case when not o.is_foreign then t.records_count
        when t.record_ids is not null then cardinality(o.record_ids) end as records_count,
    to_jsonb(coalesce(array_remove(case when o.is_foreign then o.record_ids else t.record_ids end, null), '{}')) as record_ids,
    nullif(t.query, '') as query, t.request_id
from audit.access_trace t
left join access.api_key k on k.id = t.key_id
cross join lateral (
    select session.caller() = 'STRUCTURE' and t.member_id is distinct from session.member_id() as is_foreign,
        array(select r.id from unnest(t.record_ids, t.member_ids) with ordinality r (id, member_id, position)
            where r.member_id = session.member_id() order by r.position) as record_ids) o
where true
    and t.record_ids @> array[:record]         --? record
    and t.member_ids @> array[:member]         --? member
    and t.record_type = any (:record_type)     --? record_type
    and t.caller = any (:reader)               --? reader
    and t.operation = :operation               --? operation
    and t.request_id = :request_id             --? request_id
    and t.occurred_at >= :occurred_at_gte      --? occurred_at_gte
    and t.occurred_at <= :occurred_at_lte      --? occurred_at_lte
