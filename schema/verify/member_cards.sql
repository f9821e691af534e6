select id, good_until, spoilt_in from network.member_card where false;
select 'network.member_today()'::regprocedure, 'network.renew_cards(integer)'::regprocedure;
