select 1 / (report.exit_share(2011, 'DYNAMIC', null) = 60)::integer;
select 1 / (report.workforce_total(2010, 'PROXIM', 'PEOPLE') is null)::integer;
select * from report.member_statistics(engine.today(), 'kind') where false;
