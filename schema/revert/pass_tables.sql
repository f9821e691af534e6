begin;
drop trigger member_60_pass on network.member;
drop table pass.outcome, pass.prolongation, pass.prolongation_request, pass.suspension, pass.pass, pass.sharing;
drop function pass.follow_member(), pass.sum_days(), pass.keep_ends(), pass.outcome_category(text, text, integer),
    pass.shared_members();
revoke usage on schema pass from maillage_app;
revoke select on pass.rule from maillage_app;
call engine.set_revision('pass_rules');
commit;
