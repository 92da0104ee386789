-- Slots are searched doctor by doctor: nothing asks by time alone any more.
DROP INDEX doctor_window_by_time;
