-- Reads on a standby: where the primary's log stands, and whether a standby has got as far.
--
-- A position in the log says nothing without the history it belongs to: after a failover a standby of the old primary may be
-- further on a branch that nobody continues. So both sides name the cluster and its timeline. The standby's own is the one of
-- its last restart point: late after a failover, never early, and meanwhile the primary answers.
begin;

create function engine.log_mark(out system_id bigint, out timeline integer, out written_to pg_lsn)
    language sql volatile
    as $$
    select s.system_identifier, ('x' || left(pg_walfile_name(w.written_to), 8))::bit(32)::integer, w.written_to
    from pg_current_wal_flush_lsn() w (written_to), pg_control_system() s
    $$;
comment on function engine.log_mark() is
    'On the primary: its cluster, its timeline (1 and up) and how far its log is written; every commit acknowledged before lies behind it.';

create function engine.require_replayed(system_id bigint, timeline integer, written_to pg_lsn) returns pg_lsn
    language plpgsql volatile
    as $$
declare
    replayed pg_lsn := pg_last_wal_replay_lsn();
begin
    if not pg_is_in_recovery() then
        raise exception using errcode = 'MA503', message = 'not a standby';
    end if;
    if replayed is null or replayed < written_to then
        raise exception using errcode = 'MA425', message = 'not replayed yet';
    end if;
    perform from pg_control_system() s, pg_control_checkpoint() c, pg_control_recovery() r
        where s.system_identifier = require_replayed.system_id
            and greatest(c.timeline_id, r.min_recovery_end_timeline) = require_replayed.timeline;
    if not found then
        raise exception using errcode = 'MA503', message = 'of another history';
    end if;
    return replayed;
end $$;
comment on function engine.require_replayed(bigint, integer, pg_lsn) is
    'On a standby: how far it has replayed the log. MA425: not as far as this mark of its primary; MA503: no standby of that primary.';

revoke execute on function engine.log_mark(), engine.require_replayed(bigint, integer, pg_lsn) from public;
grant execute on function engine.log_mark(), engine.require_replayed(bigint, integer, pg_lsn) to maillage_app;

call engine.set_revision('replica_reads');
commit;
