begin;
set local client_min_messages = warning;
delete from report.published_figure where formula in ('BAND_AFTER', 'REGIONS_AT_LEAST') or key like 'members.map_band.%';
delete from report.formula where id in ('BAND_AFTER', 'REGIONS_AT_LEAST');
drop function report.regions_at_least(report.published_figure), report.band_after(report.published_figure),
    report.compute(report.published_figure);
alter function report.compute_basic(report.published_figure) rename to compute;
alter table report.formula drop column function_name;
call engine.set_revision('keyed');
commit;
