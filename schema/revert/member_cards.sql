begin;
delete from engine.job where name = 'renew-member-cards';
do $$
declare
    t record;
begin
    for t in select tgname, tgrelid::regclass as source from pg_trigger where tgfoid = 'network.card_follow()'::regprocedure loop
        execute format('drop trigger %I on %s', t.tgname, t.source);
    end loop;
end $$;
drop function network.renew_cards(integer), network.card_follow(), network.member_today(),
    network.member_computed(), network.cards_are_late(),
    network.spoil_cards(uuid[]);
drop table network.member_card;
drop function network.card_settle(), network.write_cards(uuid[]), network.card_good_until(uuid, date);
call engine.set_revision('training_people');
commit;
