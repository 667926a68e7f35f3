"""Pictures with captions: what people hold on their disks, and what devices are measured on."""
