select 'network.appointment_start'::regclass, 'network.person_name'::regclass, 'network.economic_group_update'::regclass;
