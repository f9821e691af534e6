-- What changes campaigns: one function for each process. They run with the caller's rights and policies, but for the
-- opening and the closing, which reach lines that the federation may not read: they say so and check the caller.
begin;

create function campaign.require_national() returns void
    language plpgsql stable
    as $$
begin
    if session.caller() not in ('NATIONAL', '') then
        perform engine.refuse('not_yours_to_change', 'campaigns are for the federation');
    end if;
end $$;
comment on function campaign.require_national() is 'Refuses every caller but the federation (and local work of the owner).';

create function campaign.create_campaign(body jsonb) returns uuid
    language sql volatile
    as $$
    insert into campaign.campaign (code, title, opens_on, closes_on, origins, siae_kinds, region_codes, ends_from, ends_to,
        prolonged_days_from)
    select r.code, r.title, r.opens_on, r.closes_on, r.origins, r.siae_kinds, r.region_codes, r.ends_from, r.ends_to,
        r.prolonged_days_from
    from jsonb_populate_record(null::campaign.campaign, body) r
    returning id
    $$;
comment on function campaign.create_campaign(jsonb) is 'createPassCampaign: a draft; its id.';

create function campaign.update_campaign(campaign uuid, if_match bigint, body jsonb) returns uuid
    language sql volatile
    as $$
    update campaign.campaign c set (code, title, opens_on, closes_on, origins, siae_kinds, region_codes, ends_from, ends_to,
        prolonged_days_from) = (
        select r.code, r.title, r.opens_on, r.closes_on, r.origins, r.siae_kinds, r.region_codes, r.ends_from, r.ends_to,
            r.prolonged_days_from
        from jsonb_populate_record(c, body) r)
    where c.id = campaign and c.version = if_match
    returning c.id
    $$;
comment on function campaign.update_campaign(uuid, bigint, jsonb) is 'updatePassCampaign: its id; null when the version is another.';

-- --- opening, closing ---

create function campaign.in_cohort(campaign campaign.campaign, pass pass.pass) returns boolean
    language sql immutable parallel safe
    as $$
    select pass.ends_on between campaign.ends_from and campaign.ends_to
        and (campaign.origins is null or pass.origin = any (campaign.origins))
        and (campaign.siae_kinds is null or pass.siae_kind = any (campaign.siae_kinds))
        and (campaign.region_codes is null or coalesce(pass.region_code = any (campaign.region_codes), false))
        and (campaign.prolonged_days_from is null or pass.prolonged_days >= campaign.prolonged_days_from)
    $$;
comment on function campaign.in_cohort(campaign.campaign, pass.pass) is 'The cohort rule.';

create function campaign.invite(campaign uuid, members uuid[]) returns void
    language sql volatile
    as $$
    insert into campaign.answer (campaign_id, member_id, delegation_id)
    select campaign, m.id, d.delegation_id
    from network.member m
    left join network.member_delegation d on d.member_id = m.id and d.is_primary and d.during @> engine.today()
    where m.id = any (members) and m.deleted_at is null
    $$;
comment on function campaign.invite(uuid, uuid[]) is 'An answer for each of these members, under the delegation of today.';

-- Reads PASS of every structure: only which structures have one in the cohort becomes known, to them and to their offices.
create function campaign.open_campaign(campaign uuid, if_match bigint) returns uuid
    language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
declare
    opened campaign.campaign;
begin
    perform campaign.require_national();
    select * into opened from campaign.campaign c where c.id = campaign and c.version = if_match for update;
    if opened.id is null then
        return null;
    elsif opened.status <> 'DRAFT' then
        perform engine.refuse('campaign_status_order', 'only a draft is opened');
    elsif engine.today() < opened.opens_on then
        perform engine.refuse('campaign_opens_later', 'its first day has not come', '{"pointer": "/opens_on"}');
    elsif engine.today() > opened.closes_on then
        perform engine.refuse('campaign_closes_before', 'its last day is over', '{"pointer": "/closes_on"}');
    end if;
    update campaign.campaign c set status = 'OPEN', opened_on = engine.today() where c.id = campaign;
    perform campaign.invite(campaign, array(select distinct p.member_id from pass.pass p where campaign.in_cohort(opened, p)));
    insert into campaign.line (campaign_id, answer_id, pass_id)
    select campaign, a.id, p.id
    from campaign.answer a join pass.pass p on p.member_id = a.member_id
    where a.campaign_id = campaign and campaign.in_cohort(opened, p);
    return campaign;
end $$;
comment on function campaign.open_campaign(uuid, bigint) is
    'openPassCampaign: invites the structures with PASS in the cohort of today, a line for each of these.';

-- Counts lines of every structure, so that the results outlive the lines.
create function campaign.close_campaign(campaign uuid, if_match bigint) returns uuid
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
    as $$
declare
    found_status text;
begin
    perform campaign.require_national();
    -- the row first: writers that hold the campaign come before, so that their lines are counted
    select c.status into found_status from campaign.campaign c where c.id = campaign and c.version = if_match for update;
    if found_status is null then
        return null;
    elsif found_status <> 'OPEN' then
        perform engine.refuse('campaign_status_order', 'only an open campaign is closed');
    end if;
    insert into campaign.result (answer_id, outcome, lines_count)
    select r.answer_id, r.outcome, r.people from campaign.real_outcomes(campaign) r;
    update campaign.campaign c set status = 'CLOSED', closed_on = engine.today() where c.id = campaign;
    return campaign;
end $$;
comment on function campaign.close_campaign(uuid, bigint) is
    'closePassCampaign: freezes answers and lines, counts the real outcomes. Its id; null when the version is another.';

create function campaign.archive_campaign(campaign uuid, if_match bigint) returns uuid
    language sql volatile
    as $$
    update campaign.campaign c set status = 'ARCHIVED', archived_on = coalesce(c.archived_on, engine.today())
    where c.id = campaign and c.version = if_match
    returning c.id
    $$;
comment on function campaign.archive_campaign(uuid, bigint) is 'archivePassCampaign: its id; null when the version is another.';

-- --- answers ---

create function campaign.add_answer(campaign uuid, body jsonb) returns uuid
    language plpgsql volatile
    as $$
declare
    member constant uuid := (body ->> 'member_id')::uuid;
    added uuid;
begin
    perform campaign.visible_campaign(campaign);
    if not exists (select from network.member m where m.id = member) then
        perform engine.refuse('answer_member', 'no such member for this caller');
    end if;
    perform campaign.invite(campaign, array[member]);
    select a.id into added from campaign.answer a where a.campaign_id = campaign and a.member_id = member;
    return added;
end $$;
comment on function campaign.add_answer(uuid, jsonb) is
    'addPassCampaignAnswer: invites one more member, whose PASS are not recorded here; its id.';

create function campaign.merged(before jsonb, body jsonb, name text) returns jsonb
    language sql immutable
    as $$
    select case when not body ? name then before when body -> name = 'null' then null
        else jsonb_strip_nulls(coalesce(before, '{}') || (body -> name)) end
    $$;
comment on function campaign.merged(jsonb, jsonb, text) is 'Merge patch (RFC 7396) of one breakdown: null takes a code out, or the whole.';

create function campaign.update_answer(answer uuid, if_match bigint, body jsonb) returns uuid
    language sql volatile
    as $$
    update campaign.answer a set (people_count, by_age_band, by_rqth, by_planned_outcome, started_on) = (
        select r.people_count, campaign.merged(a.by_age_band, body, 'by_age_band'), campaign.merged(a.by_rqth, body, 'by_rqth'),
            campaign.merged(a.by_planned_outcome, body, 'by_planned_outcome'), coalesce(a.started_on, engine.today())
        from jsonb_populate_record(a, body - '{by_age_band,by_rqth,by_planned_outcome}'::text[]) r)
    where a.id = answer and a.version = if_match and a.member_id = session.member_id()
    returning a.id
    $$;
comment on function campaign.update_answer(uuid, bigint, jsonb) is
    'updatePassCampaignAnswer: headcounts of the structure itself; its id, null when the version is another.';

create function campaign.submit_answer(answer uuid, if_match bigint) returns uuid
    language sql volatile
    as $$
    update campaign.answer a set submitted_on = coalesce(a.submitted_on, engine.today()),
        submitted_by = coalesce(a.submitted_by, session.key_id()), started_on = coalesce(a.started_on, engine.today())
    where a.id = answer and a.version = if_match and a.member_id = session.member_id()
    returning a.id
    $$;
comment on function campaign.submit_answer(uuid, bigint) is 'submitPassCampaignAnswer: complete headcounts go to the delegation.';

create function campaign.validate_answer(answer uuid, if_match bigint) returns uuid
    language plpgsql volatile
    as $$
declare
    found_answer campaign.answer;
begin
    select * into found_answer from campaign.answer a where a.id = answer and a.version = if_match for update;
    if found_answer.id is null then
        return null;
    elsif found_answer.submitted_on is null then
        perform engine.refuse('answer_not_submitted', 'the structure has not submitted it');
    end if;
    update campaign.answer a set validated_on = engine.today(), validated_by = session.delegation_id()
    where a.id = answer and session.caller() in ('DELEGATION', 'NATIONAL', '');
    return case when found then answer end;
end $$;
comment on function campaign.validate_answer(uuid, bigint) is 'validatePassCampaignAnswer: by the delegation of the structure.';

create function campaign.return_answer(answer uuid, if_match bigint) returns uuid
    language plpgsql volatile
    as $$
declare
    found_answer campaign.answer;
begin
    select * into found_answer from campaign.answer a where a.id = answer and a.version = if_match for update;
    if found_answer.id is null then
        return null;
    elsif found_answer.submitted_on is null then
        perform engine.refuse('answer_not_submitted', 'the structure has not submitted it');
    end if;
    update campaign.answer a set submitted_on = null, submitted_by = null, validated_on = null, validated_by = null,
        returned_on = engine.today()
    where a.id = answer and session.caller() in ('DELEGATION', 'NATIONAL', '');
    return case when found then answer end;
end $$;
comment on function campaign.return_answer(uuid, bigint) is
    'returnPassCampaignAnswer: back to the structure, which goes on from what it had sent; a validation is taken back with it.';

-- --- lines ---

create function campaign.add_line(campaign uuid, body jsonb) returns uuid
    language plpgsql volatile
    as $$
declare
    opened campaign.campaign;
    followed pass.pass;
    added constant uuid := engine.uuid_v7();
    own uuid;
begin
    select * into opened from campaign.campaign c where c.id = campaign.visible_campaign(campaign);
    select * into followed from pass.pass p where p.id = (body ->> 'pass_id')::uuid and p.member_id = session.member_id();
    if followed.id is null then
        perform engine.refuse('line_pass', 'no such PASS for this caller');
    elsif not campaign.in_cohort(opened, followed) then
        perform engine.refuse('line_outside_cohort', 'the campaign is about other PASS');
    end if;
    perform campaign.require_open(campaign);
    insert into campaign.answer (campaign_id, member_id, delegation_id)
    select campaign, followed.member_id, d.delegation_id
    from (values (1)) one left join network.member_delegation d
        on d.member_id = followed.member_id and d.is_primary and d.during @> engine.today()
    on conflict on constraint answer_one_per_member do nothing;
    select a.id into own from campaign.answer a where a.campaign_id = campaign and a.member_id = followed.member_id;
    insert into campaign.line (id, campaign_id, answer_id, pass_id, planned_outcome, prescriber_kind, prescriber_contacted_on,
        requested_on, decision, decided_on, final_outcome, final_on)
    select added, campaign, own, followed.id, r.planned_outcome, r.prescriber_kind, r.prescriber_contacted_on, r.requested_on,
        r.decision, r.decided_on, r.final_outcome, r.final_on
    from jsonb_populate_record(null::campaign.line, body) r;
    update campaign.answer a set lines_touched = lines_touched + 1, started_on = coalesce(a.started_on, engine.today())
    where a.id = own;
    return added;
end $$;
comment on function campaign.add_line(uuid, jsonb) is
    'addPassCampaignLine: a PASS of the cohort that was recorded after the opening; invites the structure if it was not.';

create function campaign.update_line(line uuid, if_match bigint, body jsonb) returns uuid
    language sql volatile
    as $$
    update campaign.line l set (planned_outcome, prescriber_kind, prescriber_contacted_on, requested_on, decision, decided_on,
        final_outcome, final_on) = (
        select r.planned_outcome, r.prescriber_kind, r.prescriber_contacted_on, r.requested_on, r.decision, r.decided_on,
            r.final_outcome, r.final_on
        from jsonb_populate_record(l, body) r)
    where l.id = line and l.version = if_match
    returning l.id
    $$;
comment on function campaign.update_line(uuid, bigint, jsonb) is 'updatePassCampaignLine: its id; null when the version is another.';

call engine.set_revision('campaign_writes');
commit;
