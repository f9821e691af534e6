select 1 / (campaign.hide_small(array[[3, 9, 12], [3, 9, 12]], 5) = array[[true, true, false], [true, true, false]])::integer;
