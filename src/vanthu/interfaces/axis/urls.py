"""The calls of the national axis's protocol, by their own names."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.axis import agencies, health, packets

urlpatterns = [
    path("getAgenciesList", agencies.get_agencies_list),
    path("getAgenciesListQD20", agencies.get_agencies_list_qd20),
    path("getSynchronizeUnit", agencies.get_synchronize_unit),
    path("registerAgency", agencies.register_agency),
    path("deleteAgency", agencies.delete_agency),
    path("sendEdoc", packets.send_edoc),
    path("getReceivedEdocList", packets.get_received_edoc_list),
    path("getSentEdocList", packets.get_sent_edoc_list),
    path("getEdoc", packets.get_edoc),
    path("downloadEdoc", packets.download_edoc),
    path("updateStatus", packets.update_status),
    path("countReceiveEdoc", packets.count_received_edoc),
    path("countReceiveStatus", packets.count_received_status),
    path("suc-khoe", health.health),
]
